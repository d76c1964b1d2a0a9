package dev.netbase.tools.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of docs/how-to/guests, as committed and as their build makes them. */
class GuestKitsTest {
    private static final Path KITS = Path.of(System.getProperty("netbase.home"), "docs/how-to/guests");

    @TempDir
    Path folder;

    private static void assertCounts(Path module) throws IOException {
        Said said = Said.by("module", "run", module.toString(), "--input", "[3, 1.5, 2]", "--json");

        assertThat(said.exitCode()).as(said.out()).isZero();
        JsonNode output = said.json().path("output");
        assertThat(output.path("count").asInt()).isEqualTo(3);
        assertThat(output.path("sum").asDouble()).isEqualTo(6.5);
        assertThat(output.path("min").asDouble()).isEqualTo(1.5);
        assertThat(output.path("max").asDouble()).isEqualTo(3);
        assertThat(output.toString()).contains("\"max\":3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rust", "go", "c", "assemblyscript"})
    void shouldAnswerAndComplain(String language) throws IOException {
        Path module = KITS.resolve(language).resolve("stats.wasm");
        assertCounts(module);

        Said refused = Said.by("module", "run", module.toString(), "--input", "{}", "--json");

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.json().path("stderr").asText()).contains("the input must be a list of numbers");
        assertThat(refused.json().at("/error/code").asText())
                .isEqualTo(List.of("rust", "go").contains(language) ? "EXIT_CODE" : "TRAP");
        assertThat(Said.by("module", "inspect", module.toString()).exitCode()).isZero();
        assertThat(KITS.resolve(language + ".md"))
                .content()
                .contains("./netbase module run docs/how-to/guests/" + language + "/stats.wasm --input '[3, 1, 2]'");
    }

    /** A language whose compiler is missing is skipped, but for continuous integration, where it fails. */
    @ParameterizedTest
    @ValueSource(strings = {"rust", "go", "c", "assemblyscript"})
    void shouldBuildByTheCommandOfItsPage(String language) throws IOException, InterruptedException {
        ProcessBuilder build = new ProcessBuilder(KITS.resolve("build.sh").toString(), language)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("build.log").toFile());
        build.environment().put("OUT", folder.toString());

        int exitCode = build.start().waitFor();

        String printed = Files.readString(folder.resolve("build.log"));
        assertThat(exitCode).as(printed).isZero();
        assumeTrue(
                Boolean.parseBoolean(System.getenv("CI")) || !printed.contains("skipped " + language), printed::strip);
        assertThat(printed).contains("built " + language);
        assertCounts(folder.resolve(language + ".wasm"));
        assertThat(KITS.resolve(language + ".md")).content().contains("docs/how-to/guests/build.sh " + language);
    }
}
