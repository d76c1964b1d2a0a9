package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * PostgreSQL or Kafka is away: for as long as it takes every service to notice, and at least for
 * {@code -Doutage.seconds}.
 */
@ResourceLock(Cluster.IN_USE)
class OutageIT {
    private static final Duration LENGTH = Duration.ofSeconds(Integer.getInteger("outage.seconds", 5));
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(20);
    /** Longer than the pause between two tries of any service. */
    private static final Duration STEADY = Duration.ofSeconds(3);

    private static final Duration BACK_WITHIN = Duration.ofSeconds(30);
    private static final int RUNS = 10;
    private static Cluster cluster;
    private int saidBefore;

    @BeforeAll
    static void publish() throws IOException, InterruptedException {
        cluster = Cluster.get();
        Map<String, Long> files = cluster.api().publish("outage", "1.0.0", Map.of("bin/slow.wasm", Guests.slowCat()));
        cluster.api().agent("outage-slow", files.get("bin/slow.wasm"), "{}");
        cluster.api().workflow("outage", """
                {"nodes":[{"key":"a","agent":"outage-slow","inputs":"${inputs.n}"},
                          {"key":"b","agent":"outage-slow","depends_on":["a"],"for_each":[1,2,3],
                           "inputs":"${item + nodes.a.output}"},
                          {"key":"c","agent":"outage-slow","depends_on":["b"],"inputs":"${nodes.b.output}"}],
                 "output":"${nodes.c.output}"}""");
    }

    @BeforeEach
    void begin() {
        awaitAllReady();
        saidBefore = cluster.said().size();
    }

    @AfterEach
    void heal() {
        cluster.postgres().heal();
        cluster.kafka().heal();
    }

    @Test
    void shouldWaitForPostgresAndResume() throws Exception {
        List<String> runs = start();

        cluster.postgres().refuse();
        List<String> all = Cluster.names();
        hold(all);
        assertThat(cluster.api().get("/runs").status()).isEqualTo(503);
        cluster.postgres().heal();

        awaitAllReady();
        assertCompleted(runs);
        assertCompleted(start());
        assertNothingRestarted();
    }

    @Test
    void shouldWaitForKafkaAndResumeWhileTheApiGoesOn() throws Exception {
        List<String> runs = start();

        cluster.kafka().refuse();
        hold(Cluster.names().stream().filter(name -> !name.equals("asset-api")).toList());
        assertThat(cluster.isReady("asset-api"))
                .as("the API needs no Kafka to accept runs")
                .isTrue();
        List<String> meanwhile = start();
        cluster.kafka().heal();

        awaitAllReady();
        assertCompleted(runs);
        assertCompleted(meanwhile);
        assertNothingRestarted();
    }

    /** As after a failover, or behind a firewall that forgot them: nobody says that they are gone. */
    @Test
    void shouldReplaceConnectionsThatVanishedWithoutAWord() {
        List<String> runs = start();

        cluster.postgres().abandon();

        awaitAllReady();
        await().atMost(BACK_WITHIN).until(() -> cluster.api().get("/runs").status() == 200);
        assertCompleted(runs);
        assertCompleted(start());
        assertNothingRestarted();
    }

    /** Until these services say that they are not ready, and for the length of the outage; they must not change their minds. */
    private static void hold(List<String> services) {
        long end = System.nanoTime() + LENGTH.toNanos();
        for (String service : services) {
            await().atMost(NOTICED_WITHIN).until(() -> !cluster.isReady(service));
        }
        Duration rest = Duration.ofNanos(Math.max(STEADY.toNanos(), end - System.nanoTime()));
        await().during(rest)
                .atMost(rest.plus(NOTICED_WITHIN))
                .failFast(() ->
                        assertThat(services.stream().filter(cluster::isReady)).isEmpty())
                .until(() -> true);
    }

    private static void awaitAllReady() {
        await().atMost(BACK_WITHIN)
                .untilAsserted(() -> assertThat(Cluster.names().stream().filter(name -> !cluster.isReady(name)))
                        .isEmpty());
    }

    private static List<String> start() {
        List<String> runs = new ArrayList<>();
        for (int n = 0; n < RUNS; n++) {
            runs.add(cluster.api().start("outage", "{\"n\":" + n + "}"));
        }
        return runs;
    }

    private static void assertCompleted(List<String> runs) {
        for (int n = 0; n < runs.size(); n++) {
            JsonNode run = cluster.api().await(runs.get(n));
            assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("COMPLETED");
            assertThat(run.path("output").toString()).isEqualTo("[%d,%d,%d]".formatted(n + 1, n + 2, n + 3));
        }
    }

    private void assertNothingRestarted() {
        Stream<String> said = cluster.said().stream().skip(saidBefore);
        assertThat(said.filter(line -> line.contains("ended with exit code"))).isEmpty();
    }
}
