package dev.netbase.api.asset.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.semver4j.Semver;

class SemanticVersionTest {
    /** From the specification, item 11, with neighbours. */
    private static final List<String> ASCENDING = List.of(
            "0.0.0-0",
            "0.0.0",
            "0.0.1",
            "1.0.0-109",
            "1.0.0--",
            "1.0.0-1a.78",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-alpha-b",
            "1.0.0-beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.9",
            "1.0.10",
            "1.2.0",
            "1.10.0",
            "2.0.0-99999999999999999999",
            "2.0.0-A",
            "2.0.0",
            "2.1.0",
            "10.0.0",
            "99999999999999999999.0.0");

    @Test
    void shouldSortByPrecedence() {
        for (int i = 0; i < ASCENDING.size(); i++) {
            for (int j = 0; j < ASCENDING.size(); j++) {
                assertThat(Integer.signum(precedence(ASCENDING.get(i)).compareTo(precedence(ASCENDING.get(j)))))
                        .as("%s against %s", ASCENDING.get(i), ASCENDING.get(j))
                        .isEqualTo(Integer.compare(i, j));
            }
        }
    }

    @Test
    void shouldIgnoreBuildMetadataInPrecedence() {
        assertThat(precedence("1.0.0+b1")).isEqualTo(precedence("1.0.0+b2")).isEqualTo(precedence("1.0.0"));
    }

    @Test
    void shouldAgreeWithAnotherImplementationOnRandomVersions() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            String left = randomVersion(random);
            String right = randomVersion(random);
            assertThat(Integer.signum(precedence(left).compareTo(precedence(right))))
                    .as("%s against %s, seed %d", left, right, seed)
                    .isEqualTo(Integer.signum(new Semver(left).compareTo(new Semver(right))));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.0-beta",
                "0.0.0",
                "1.0.0-0A.is.legal",
                "1.0.0+21AF26D3---117B344092BD",
                "1.0.0-alpha-a.b-c+x.7.z",
                "1.0.0--"
            })
    void shouldTakeWhatTheSpecificationAllows(String text) {
        assertThat(SemanticVersion.parse(text))
                .hasValueSatisfying(version -> assertThat(version.text()).isEqualTo(text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.0",
                "v1.0.0",
                "01.0.0",
                "1.00.0",
                "1.0.0-",
                "1.0.0-01",
                "1.0.0-a..b",
                "1.0.0+",
                "1.0.0+a+b",
                "1.0.0-ä",
                " 1.0.0",
                "1.0.0\n",
                "1.0.0/..",
                "-1.0.0",
                "1.0.0.0",
                "١.0.0"
            })
    void shouldRefuseWhatItDoesNot(String text) {
        assertThat(SemanticVersion.parse(text)).isEmpty();
    }

    @Test
    void shouldRefuseWhatWouldNotFitAFolderName() {
        assertThat(SemanticVersion.parse("1.0.0-" + "a".repeat(SemanticVersion.MAX_LENGTH)))
                .isEmpty();
    }

    private static String precedence(String version) {
        return SemanticVersion.parse(version).orElseThrow().precedence();
    }

    private static String randomVersion(Random random) {
        StringBuilder version = new StringBuilder();
        version.append(random.nextInt(3))
                .append('.')
                .append(random.nextInt(12))
                .append('.')
                .append(random.nextInt(3));
        int identifiers = random.nextInt(4);
        for (int i = 0; i < identifiers; i++) {
            version.append(i == 0 ? '-' : '.');
            // words begin with letters: of others the other implementation reads a number, against the specification
            version.append(
                    random.nextBoolean()
                            ? String.valueOf(random.nextInt(120))
                            : List.of("a", "A", "B-", "a-", "aa", "b", "a1", "rc", "Z9")
                                    .get(random.nextInt(9)));
        }
        return version.toString();
    }
}
