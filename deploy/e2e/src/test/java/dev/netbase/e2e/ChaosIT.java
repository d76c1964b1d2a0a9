package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Three schedulers and three workers while everything around them fails. By default for 20 s with 60 runs; for as long
 * as one likes with {@code -Dchaos.seconds=120 -Dchaos.runs=500}, and again with {@code -Dchaos.seed} as printed.
 */
@ResourceLock(Cluster.IN_USE)
class ChaosIT {
    private static final Duration DURATION = Duration.ofSeconds(Integer.getInteger("chaos.seconds", 20));
    private static final int RUNS = Integer.getInteger("chaos.runs", 60);

    /** A worker's lease; then what it had runs elsewhere. */
    private static final Duration LEASE = Duration.ofSeconds(15);

    /** For services to get ready on a busy machine, consumer groups to settle, and the work itself. */
    private static final Duration MARGIN = Duration.ofSeconds(Integer.getInteger("chaos.margin", 30));

    private static final int TASKS = 18;

    private static Cluster cluster;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        cluster = Cluster.get();
        Api api = cluster.api();
        Map<String, Long> files = api.publish(
                "chaos",
                "1.0.0",
                Map.of(
                        "bin/cat.wasm", Guests.slowCat(),
                        "bin/slow.wasm", Guests.slowEcho(),
                        "bin/echo.wasm", Guests.module("echo")));
        api.agent("chaos-cat", files.get("bin/cat.wasm"), "{}");
        api.agent("chaos-slow", files.get("bin/slow.wasm"), "{}");
        api.agent("chaos-echo", files.get("bin/echo.wasm"), "{}");
        // A command is claimed before it begins. Of the others, which may begin before, echo is claimed and ended by
        // one statement, and the claim of slow is asked for while it runs.
        api.workflow("chaos", """
                {"nodes":[{"key":"a","agent":"chaos-echo","inputs":"${inputs.n}"},
                          {"key":"b","agent":"chaos-cat","depends_on":["a"],"for_each":[1,2,3,4,5,6,7,8],
                           "inputs":"${item + nodes.a.output}"},
                          {"key":"c","agent":"chaos-slow","depends_on":["b"],"for_each":"${nodes.b.output}",
                           "inputs":"${item}"},
                          {"key":"d","agent":"chaos-echo","depends_on":["c"],"inputs":"${nodes.c.output}"}],
                 "output":"${nodes.d.output}"}""");
    }

    @Test
    void shouldCountEachEffectOnceWhateverFails() throws Exception {
        long seed = Long.getLong("chaos.seed", new Random().nextLong());
        System.out.println("chaos.seed=" + seed);
        Effects effects = new Effects(cluster);
        long runsBefore = effects.runs();
        CompletableFuture<List<String>> starting = CompletableFuture.supplyAsync(() -> startRuns(seed));

        Instant calm = new Chaos(cluster, seed).rage(DURATION);

        List<String> runs = starting.get(LEASE.plus(MARGIN).toSeconds(), TimeUnit.SECONDS);
        Duration allowed = LEASE.plus(MARGIN);
        await().atMost(Duration.between(Instant.now(), calm).plus(allowed).plusMinutes(1))
                .pollInterval(Duration.ofMillis(500))
                .ignoreExceptionsInstanceOf(java.sql.SQLException.class)
                .until(effects::unfinishedRuns, unfinished -> unfinished == 0);
        System.out.println("chaos: all ended " + Duration.between(calm, Instant.now()) + " after the last fault");
        for (int n = 0; n < runs.size(); n++) {
            JsonNode run = cluster.api().await(runs.get(n));
            assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("COMPLETED");
            List<Integer> output = new ArrayList<>();
            run.path("output").forEach(value -> output.add(value.asInt()));
            assertThat(output).containsExactly(n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8);
            assertThat(run.path("tasks").path("total").asInt()).isEqualTo(TASKS);
            assertThat(run.path("tasks").path("completed").asInt()).isEqualTo(TASKS);
        }
        assertThat(effects.runs() - runsBefore).isEqualTo(RUNS);
        assertThat(effects.lastEnd()).isBefore(calm.plus(allowed));
        effects.assertEachTaskCountedOnce();
        effects.assertEachRunToldOnce();
        assertThat(effects.workspacesLeft()).isEmpty();
        assertThat(cluster.said().stream().filter(line -> line.contains("ended with exit code")))
                .filteredOn(line -> !line.startsWith("postgres"))
                .as("processes that ended without being killed")
                .allMatch(line -> line.contains("exit code 137"));
    }

    /**
     * Starts them evenly over the time of the faults, each until it is known to have started, and thereby once. None waits
     * for another that a fault holds up.
     */
    private static List<String> startRuns(long seed) {
        long begin = System.nanoTime();
        try (ExecutorService starters = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> runs = IntStream.range(0, RUNS)
                    .mapToObj(n -> starters.submit(() -> {
                        Duration due = DURATION.multipliedBy(n).dividedBy(RUNS + 1);
                        sleep(Duration.ofNanos(begin + due.toNanos() - System.nanoTime()));
                        return startUntilKnown(seed + "-" + n, "{\"inputs\":{\"n\":" + n + "}}");
                    }))
                    .toList();
            starters.shutdown();
            return runs.stream().map(ChaosIT::get).toList();
        }
    }

    private static String get(Future<String> run) {
        try {
            return run.get();
        } catch (ExecutionException | InterruptedException e) {
            throw new IllegalStateException("a run could not be started", e);
        }
    }

    private static String startUntilKnown(String key, String body) {
        return await().atMost(Duration.ofMinutes(3))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(200))
                .ignoreException(UncheckedIOException.class)
                .until(() -> start(key, body), id -> !id.isEmpty());
    }

    private static String start(String key, String body) {
        Api.Answer answer = cluster.api()
                .send(cluster.api()
                        .request("/workflows/chaos/runs")
                        .timeout(Duration.ofSeconds(5))
                        .header("Content-Type", "application/json")
                        .header("Idempotency-Key", key)
                        .POST(BodyPublishers.ofString(body)));
        // A service that misses its database says so; nothing else is excused.
        assertThat(answer.status()).as(answer.toString()).isIn(202, 503);
        return answer.body().path("run_id").asText();
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(Math.max(0, duration.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
