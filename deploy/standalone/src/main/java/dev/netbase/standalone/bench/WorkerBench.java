package dev.netbase.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.netbase.standalone.demo.ApiClient;
import dev.netbase.standalone.process.StartupException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * One group of so many tasks at a time: from its rows to the last result that is written, so with the record's way to the
 * worker. A group larger than the scheduler makes them, or than one record carries, is several.
 */
public final class WorkerBench {
    private static final List<Integer> SIZES = List.of(1, 10, 100, 1_000, 10_000);
    private static final int WARM_UPS = 2;
    private static final int ROUNDS = 5;
    private static final int PAGE = 200;
    private static final String GUEST_SECONDS = "netbase_sandbox_guest_seconds_total";

    private final Bench bench;
    private final List<URI> workers;

    /** A round's tasks a second, and how much of the processors' time was spent in guests. */
    private record Round(double tasksPerSecond, double guestPercent) {}

    /** @param workers where the workers answer over HTTP */
    public WorkerBench(Bench bench, List<URI> workers) {
        this.bench = bench;
        this.workers = List.copyOf(workers);
    }

    /** The figures by their names, in order. */
    public Map<String, Double> perform(ApiClient api) throws IOException, InterruptedException {
        bench.publish(api);
        Map<String, Double> figures = new LinkedHashMap<>();
        for (int size : SIZES) {
            define(api, size);
            for (int i = 0; i < WARM_UPS; i++) {
                round(api, size);
            }
            List<Double> rates = new ArrayList<>();
            List<Double> shares = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                Round round = round(api, size);
                rates.add(round.tasksPerSecond());
                shares.add(round.guestPercent());
            }
            figures.put("worker_group_" + size + "_tasks_per_second", Measurement.quantile(rates, 0.5));
            figures.put("worker_group_" + size + "_guest_percent", Measurement.quantile(shares, 0.5));
        }
        return figures;
    }

    private static void define(ApiClient api, int size) throws IOException, InterruptedException {
        String items = IntStream.range(0, size).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
        Measurement.postWorkflow(api, new Workload(name(size), """
                {"nodes":[{"key":"each","agent":"bench-echo","for_each":%s,"inputs":"${item}"}]}""".formatted(items), 1, size, ROUNDS));
    }

    private Round round(ApiClient api, int size) throws IOException, InterruptedException {
        double guestsBefore = guestSeconds();
        ObjectNode nothing = JsonNodeFactory.instance.objectNode();
        nothing.putObject("inputs");
        String run = api.post("workflows/" + name(size) + "/runs", nothing)
                .required("run_id")
                .asText();
        JsonNode ended = api.awaitRun(run, Duration.ofMinutes(2));
        if (!ended.path("status").asText().equals("COMPLETED")) {
            throw new StartupException("The run of " + name(size) + " has not completed: " + ended);
        }
        double seconds = secondsOfTasks(api, run, size);
        double guests = guestSeconds() - guestsBefore;
        return new Round(
                size / seconds, 100 * guests / seconds / Runtime.getRuntime().availableProcessors());
    }

    private static double secondsOfTasks(ApiClient api, String run, int size) throws IOException, InterruptedException {
        Instant first = Instant.MAX;
        Instant last = Instant.MIN;
        for (int page = 0; page * PAGE < size; page++) {
            JsonNode tasks = api.get("runs/" + run + "/tasks?size=" + PAGE + "&page=" + page);
            for (JsonNode task : tasks.path("items")) {
                first = min(first, Instant.parse(task.path("queued_at").asText()));
                last = max(last, Instant.parse(task.path("finished_at").asText()));
            }
        }
        return Duration.between(first, last).toNanos() / 1e9;
    }

    private static Instant min(Instant a, Instant b) {
        return a.isBefore(b) ? a : b;
    }

    private static Instant max(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }

    /** What the workers have spent in guests so far, from their metrics. */
    private double guestSeconds() throws IOException {
        double seconds = 0;
        for (URI worker : workers) {
            try (InputStream metrics = worker.resolve("/q/metrics").toURL().openStream()) {
                seconds += new String(metrics.readAllBytes(), StandardCharsets.UTF_8)
                        .lines()
                        .filter(line -> line.startsWith(GUEST_SECONDS))
                        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                        .findFirst()
                        .orElseThrow(() -> new StartupException("The worker has no metric " + GUEST_SECONDS + "."));
            }
        }
        return seconds;
    }

    private static String name(int size) {
        return "bench-group-" + size;
    }
}
