package dev.netbase.helm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The dashboard and the alerts use only metrics that the reference lists; what services expose is tested end to end. */
class ObservabilityTest {
    private static final Path DIRECTORY = Path.of("../observability");
    private static final Path REFERENCE = Path.of("../../docs/reference/metrics.md");

    /** Metrics are the only words of PromQL expressions here that have an underscore, or are up. */
    private static final Pattern WORD = Pattern.compile("\\b([a-z]+(?:_[a-z]+)+|up)\\b(?=[\\[{) ]|$)");

    @Test
    void shouldUseOnlyListedMetricsInTheDashboard() throws IOException {
        JsonNode dashboard = new ObjectMapper()
                .readTree(DIRECTORY.resolve("grafana-dashboard.json").toFile());

        Set<String> used = metrics(dashboard.findValuesAsText("expr"));

        assertThat(dashboard.path("panels").size()).isGreaterThan(10);
        assertThat(used).hasSizeGreaterThan(15);
        assertThat(listed()).containsAll(used);
    }

    @Test
    void shouldUseOnlyListedMetricsInTheAlertsAndSayWhatToDo() throws IOException {
        JsonNode rules = new ObjectMapper(new YAMLFactory())
                .readTree(DIRECTORY.resolve("prometheus-rules.yaml").toFile());

        Set<String> used = metrics(rules.findValuesAsText("expr"));

        assertThat(used).hasSizeGreaterThan(8);
        assertThat(listed()).containsAll(used);
        for (JsonNode rule : rules.at("/groups/0/rules")) {
            assertThat(rule.path("alert").asText()).startsWith("Netbase");
            assertThat(rule.at("/labels/severity").asText()).isIn("warning", "critical");
            assertThat(rule.at("/annotations/summary").asText()).isNotEmpty();
            assertThat(rule.at("/annotations/description").asText()).isNotEmpty();
        }
    }

    /** Names without the series that a timer or summary has. */
    private static Set<String> metrics(List<String> expressions) {
        Set<String> metrics = new HashSet<>();
        for (String expression : expressions) {
            Matcher words = WORD.matcher(expression.replaceAll("\"[^\"]*\"", "").replace("$__rate_interval", ""));
            while (words.find()) {
                metrics.add(words.group(1).replaceAll("_(count|sum|max)$", ""));
            }
        }
        return metrics;
    }

    private static Set<String> listed() throws IOException {
        return Pattern.compile("`([a-z_]+)`")
                .matcher(Files.readString(REFERENCE))
                .results()
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
    }
}
