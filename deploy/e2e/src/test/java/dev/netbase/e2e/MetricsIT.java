package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What the services expose is what the reference lists, no more and no less. */
@ResourceLock(Cluster.IN_USE)
class MetricsIT {
    private static final Pattern LISTED = Pattern.compile("^\\| `(netbase_[a-z_]+)` \\| (\\w+) \\|", Pattern.MULTILINE);
    private static final Pattern EXPOSED = Pattern.compile("^# TYPE (netbase_[a-z_]+) (\\w+)$", Pattern.MULTILINE);
    private static final Pattern STATEMENTS =
            Pattern.compile("^netbase_[a-z]+_statements_total(?:\\{[^}]*})? (\\S+)$", Pattern.MULTILINE);

    /** About 1 to start, 1 to dispatch, a claim and a write or two for each of three workers, and some to advance. */
    private static final double MOST_STATEMENTS = 40;

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
                    exposed.add(sampleName(types.group(1), types.group(2)) + " " + types.group(2));
                }
            }
        }

        assertThat(listed).as("what is exposed is listed").containsAll(exposed);
        Set<String> missing = new TreeSet<>(listed);
        missing.removeAll(exposed);
        assertThat(missing)
                .as("what is listed is exposed from the start, or an alert would miss the first")
                .isEmpty();
    }

    @Test
    void shouldExposeTheOthersThatTheDashboardUses() throws IOException {
        for (String service : Cluster.names()) {
            assertThat(cluster.metrics(service))
                    .as(service)
                    .contains("\njvm_memory_used_bytes{", "\nprocess_cpu_usage");
        }
        assertThat(cluster.metrics("asset-api")).contains("\nhttp_server_requests_seconds_count{");
    }

    /** OpenMetrics names a counter without the suffix that its samples have. */
    private static String sampleName(String name, String type) {
        return type.equals("counter") && !name.endsWith("_total") ? name + "_total" : name;
    }

    /**
     * A fan-out of 1,000 through three schedulers and three workers; what they do when idle is taken off: all of it, though
     * they do less of it when they have work, so that less than was needed may be left. The quickest of several counts,
     * since it has the least of that in it.
     */
    @Test
    void shouldSendFewStatementsForAThousandTasks() throws Exception {
        String items = IntStream.range(0, 1_000).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
        cluster.api().workflow("statements", """
                {"nodes":[{"key":"a","agent":"metrics-echo","for_each":%s,"inputs":"${item}"}]}""".formatted(items));
        cluster.api().run("statements", "{}");
        double idlePerSecond = statements(() -> Thread.sleep(3_000)) / 3;

        double shortest = Double.MAX_VALUE;
        double counted = 0;
        double needed = 0;
        for (int round = 0; round < 5; round++) {
            long begin = System.nanoTime();
            double all = statements(() -> cluster.api().run("statements", "{}"));
            double seconds = (System.nanoTime() - begin) / 1e9;
            if (seconds < shortest) {
                shortest = seconds;
                counted = all;
                needed = all - idlePerSecond * seconds;
            }
        }

        System.out.printf("statements: %.1f a second when idle, %.0f for 1,000 tasks%n", idlePerSecond, needed);
        assertThat(counted).isPositive();
        assertThat(needed).isLessThanOrEqualTo(MOST_STATEMENTS);
    }

    private interface Work {
        void perform() throws Exception;
    }

    private static double statements(Work work) throws Exception {
        double before = statements();
        work.perform();
        return statements() - before;
    }

    private static double statements() throws IOException {
        double statements = 0;
        for (String service : Cluster.names()) {
            Matcher counters = STATEMENTS.matcher(cluster.metrics(service));
            while (counters.find()) {
                statements += Double.parseDouble(counters.group(1));
            }
        }
        return statements;
    }
}
