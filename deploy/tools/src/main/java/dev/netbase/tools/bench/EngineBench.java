package dev.netbase.tools.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.netbase.model.limits.TaskLimits;
import dev.netbase.tools.module.LocalSandbox;
import dev.netbase.tools.module.Settings;
import dev.netbase.worker.wasm.WasmManager;
import dev.netbase.worker.wasm.WasmTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The sandbox as the worker uses it, beside the same crate without Java, in one run on one machine. */
final class EngineBench {
    /** The same numbers as in {@code netbase-bench}. */
    private static final int EXECUTIONS = 20_000;

    private static final int IN_FLIGHT = 32;
    /** So much has to be executed before the JVM's compilers have done most of their work. */
    private static final int WARM_UP = 60_000;

    private static final int ROUNDS = 5;
    /** Of a round in Rust and one in Java; a single pair may be off by half on a shared machine. */
    private static final int PAIRS = 9;

    private static final int CROWD = 1_000;
    /** Some milliseconds of a processor. */
    private static final String CROWD_WORK = "3000000";

    /** A guest of each kind that answers its input. */
    private static final List<Kind> KINDS = List.of(
            new Kind("memory", "echo"),
            new Kind("command", "cat"),
            new Kind("component", "component-cat"),
            new Kind("task_component", "component-task"));

    private static final byte[] SMALL_INPUT = "{\"n\":1}".getBytes(UTF_8);

    private final Path guests;
    private final Path programs;
    private final Path examples;

    EngineBench(Path home) {
        programs = home.resolve("wasm-worker/target/native");
        guests = home.resolve("wasm-worker/target/guests");
        examples = home.resolve("docs/how-to/guests");
    }

    /** The figures by their names, in order. */
    Map<String, Double> perform() throws IOException, InterruptedException {
        Map<String, Double> rust = RustFigures.measure(programs, guests);
        Map<String, Double> figures = new LinkedHashMap<>();
        Settings settings = Settings.forSlots(CROWD);
        try (LocalSandbox sandbox = new LocalSandbox(settings, LocalSandbox.userCache())) {
            for (Kind kind : KINDS) {
                Guest guest = guest(sandbox, settings, guests.resolve(kind.guest() + ".wasm"), SMALL_INPUT);
                besideRust(figures, kind, guest);
            }
            for (String language : LANGUAGES) {
                Guest guest = guest(sandbox, settings, examples.resolve(language + "/stats.wasm"), NUMBERS);
                figures.put("engine_" + language + "_us", guest.perExecution(EXECUTIONS / 20));
            }
            fairness(figures, guest(sandbox, settings, guests.resolve("work.wasm"), CROWD_WORK.getBytes(UTF_8)));
        }
        compare(figures, rust);
        return figures;
    }

    /** The same small program in these languages. */
    private static final List<String> LANGUAGES = List.of("rust", "go", "c", "assemblyscript");

    private static final byte[] NUMBERS = "[3, 1, 2]".getBytes(UTF_8);

    private record Kind(String name, String guest) {}

    private record Guest(WasmManager manager, WasmTask task) {
        /** The median of some rounds, in microseconds, after one that does not count. */
        double perExecution(int executions) throws InterruptedException {
            double[] rounds = new double[ROUNDS];
            Bursts.perExecution(manager, task, executions, IN_FLIGHT);
            for (int round = 0; round < ROUNDS; round++) {
                rounds[round] = Bursts.perExecution(manager, task, executions, IN_FLIGHT);
            }
            return median(rounds);
        }
    }

    private static Guest guest(LocalSandbox sandbox, Settings settings, Path file, byte[] input) throws IOException {
        Path folder = Objects.requireNonNull(file.getParent());
        var module = sandbox.load(Files.readAllBytes(file), "bin/" + folder.getFileName() + "-" + file.getFileName());
        TaskLimits limits = settings.caps().resolve(Map.of());
        WasmTask task = new WasmTask(module, input, limits, null, "/workspace", null, List.of(), Map.of());
        return new Guest(sandbox.manager(), task);
    }

    /** A round without Java, then one with, and so on: what disturbs the machine for longer than a round disturbs both. */
    private void besideRust(Map<String, Double> figures, Kind kind, Guest guest)
            throws IOException, InterruptedException {
        double[] rust = new double[PAIRS];
        double[] jni = new double[PAIRS];
        double[] ratio = new double[PAIRS];
        Bursts.perExecution(guest.manager(), guest.task(), WARM_UP, IN_FLIGHT);
        for (int round = 0; round < PAIRS; round++) {
            rust[round] = RustFigures.execution(programs, guests, kind.guest());
            Bursts.perExecution(guest.manager(), guest.task(), EXECUTIONS / 4, IN_FLIGHT);
            jni[round] = Bursts.perExecution(guest.manager(), guest.task(), EXECUTIONS, IN_FLIGHT);
            ratio[round] = jni[round] / rust[round];
        }
        figures.put("engine_" + kind.name() + "_jni_us", median(jni));
        figures.put("engine_" + kind.name() + "_rust_us", median(rust));
        figures.put("engine_" + kind.name() + "_jni_to_rust", median(ratio));
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }

    private static void fairness(Map<String, Double> figures, Guest guest) throws InterruptedException {
        Bursts.atOnce(guest.manager(), guest.task(), CROWD / 10);
        double[] times = Bursts.atOnce(guest.manager(), guest.task(), CROWD);
        figures.put("engine_crowd_p50_ms", times[CROWD / 2]);
        figures.put("engine_crowd_p99_ms", times[CROWD * 99 / 100]);
        figures.put("engine_crowd_p99_to_p50", times[CROWD * 99 / 100] / times[CROWD / 2]);
    }

    private static void compare(Map<String, Double> figures, Map<String, Double> rust) {
        rust.forEach((name, value) -> figures.put("engine_" + name, value));
        figures.put("engine_pooling_to_on_demand", quotient(rust, "bare_pooling_us", "bare_on_demand_us"));
        figures.put("engine_fuel_to_none", quotient(rust, "work_with_fuel_ms", "work_without_fuel_ms"));
        figures.put("engine_compile_apart_to_here", quotient(rust, "compile_apart_ms", "compile_here_ms"));
    }

    private static double quotient(Map<String, Double> figures, String over, String under) {
        return figures.getOrDefault(over, Double.NaN) / figures.getOrDefault(under, Double.NaN);
    }
}
