package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the services expose is what the reference lists, no more and no less. */
class MetricsIT {
    private static final Pattern LISTED = Pattern.compile("^\\| `(netbase_[a-z_]+)` \\| (\\w+) \\|", Pattern.MULTILINE);
    private static final Pattern EXPOSED = Pattern.compile("^# TYPE (netbase_[a-z_]+) (\\w+)$", Pattern.MULTILINE);
    private static Cluster cluster;

    @BeforeAll
    static void runOneTask() throws IOException, InterruptedException {
        cluster = Cluster.get();
        Map<String, Long> files =
                cluster.api().publish("metrics", "1.0.0", Map.of("bin/echo.wasm", Guests.module("echo")));
        cluster.api().agent("metrics-echo", files.get("bin/echo.wasm"), "{}");
        cluster.api().workflow("metrics", """
                {"nodes":[{"key":"a","agent":"metrics-echo","for_each":[1,2,3,4,5,6,7,8],"inputs":"${item}"}],
                 "output":"${nodes.a.output}"}""");
        assertThat(cluster.api().run("metrics", "{}").path("status").asText()).isEqualTo("COMPLETED");
    }

    @Test
    void shouldExposeWhatTheReferenceLists() throws IOException {
        Set<String> listed = new TreeSet<>();
        Matcher rows = LISTED.matcher(Files.readString(NetbaseUp.home().resolve("docs/reference/metrics.md")));
        while (rows.find()) {
            listed.add(rows.group(1) + " " + rows.group(2).replace("timer", "summary"));
        }

        Set<String> exposed = new TreeSet<>();
        for (String service : Cluster.names()) {
            Matcher types = EXPOSED.matcher(cluster.metrics(service));
            while (types.find()) {
                if (!types.group(1).endsWith("_max")) {
                    exposed.add(types.group(1) + " " + types.group(2));
                }
            }
        }

        assertThat(exposed).containsExactlyElementsOf(listed);
    }
}
