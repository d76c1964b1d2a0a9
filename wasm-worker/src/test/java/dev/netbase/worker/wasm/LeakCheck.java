package dev.netbase.worker.wasm;

import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Runs guests of mixed ends, as many as one likes, and fails if anything is left of them: memory, open files, threads
 * or workspaces. In a JVM whose heap is fixed and touched from the start, so that what grows is native.
 */
final class LeakCheck {
    /** Begins the last line of a run that went well. */
    static final String FINE = "nothing leaked:";

    private static final int BATCH = 200;
    private static final long GROWTH_BYTES = 32L << 20;
    private static final long PAGE_BYTES = 4096;

    private final Path root;
    private final WasmManager manager;
    private final Workspaces workspaces;
    private final Map<Kind, CompiledModule> modules = new EnumMap<>(Kind.class);
    private long tasks;

    private enum Kind {
        ECHO("echo", Map.of()),
        TRAP("trap", Map.of()),
        COMPONENT("component-task", Map.of()),
        FUEL("spin", Map.of("fuel", 10_000L)),
        EXIT("exit", Map.of()),
        OVERFLOW("recurse", Map.of()),
        WRITES("write-workspace", Map.of()),
        COMPONENT_WRITES("write-workspace-component", Map.of()),
        FULL("fill-workspace", Map.of("workspace_bytes", 100_000L)),
        CANCELLED("sleep", Map.of());

        private final String guest;
        private final Map<String, Long> limits;

        Kind(String guest, Map<String, Long> limits) {
            this.guest = guest;
            this.limits = limits;
        }

        boolean hasWorkspace() {
            return this == WRITES || this == COMPONENT_WRITES || this == FULL;
        }
    }

    /** What the process has in use. */
    private record Usage(long residentBytes, long files, int threads) {}

    private LeakCheck(Path root) throws IOException {
        this.root = root;
        manager = Sandboxes.create(root.resolve("modules"), 300, 64L << 20);
        workspaces = new Workspaces(root.resolve("workspaces"));
        workspaces.sweep();
        for (Kind kind : Kind.values()) {
            ModuleRef ref = Guests.publish(root.resolve("modules"), kind.guest);
            modules.put(kind, manager.load(ref).await().atMost(Sandboxes.PATIENCE));
        }
    }

    /** An empty folder, the number of executions, and how many more before to warm up. */
    public static void main(String[] arguments) throws IOException {
        Path root = Files.createDirectories(Path.of(arguments[0]));
        long executions = Long.parseLong(arguments[1]);
        LeakCheck check = new LeakCheck(root);
        check.run(Long.parseLong(arguments[2]));
        Usage before = check.usage();
        long began = System.nanoTime();

        check.run(executions);

        double seconds = (System.nanoTime() - began) / 1e9;
        Usage after = check.usage();
        String result = "%,d executions in %.1f s; before %s, after %s".formatted(executions, seconds, before, after);
        if (after.residentBytes() - before.residentBytes() > GROWTH_BYTES
                || after.files() > before.files()
                || after.threads() > before.threads()
                || check.workspacesLeft() > 0) {
            throw new AssertionError("leaked: " + result + "; workspaces left: " + check.workspacesLeft());
        }
        check.manager.close();
        System.out.println(FINE + " " + result);
    }

    private void run(long executions) {
        for (long done = 0; done < executions; done += BATCH) {
            List<Uni<WasmOutcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                outcomes.add(start(Kind.values()[i % Kind.values().length]));
            }
            Uni.join().all(outcomes).andFailFast().await().atMost(Sandboxes.PATIENCE);
        }
    }

    private Uni<WasmOutcome> start(Kind kind) {
        WasmTask plain = Sandboxes.task(modules.get(kind), kind.limits);
        if (!kind.hasWorkspace()) {
            WasmExecution execution = manager.start(plain);
            if (kind == Kind.CANCELLED) {
                execution.cancel();
            }
            return execution.outcome();
        }
        long task = tasks++;
        try {
            Path workspace = workspaces.create("group", task);
            WasmTask filing = new WasmTask(
                    plain.module(), plain.input(), plain.limits(), workspace, "/workspace", root, List.of(), Map.of());
            return manager.execute(filing).onItem().invoke(() -> delete(task));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void delete(long task) {
        try {
            workspaces.delete("group", task);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long workspacesLeft() throws IOException {
        try (Stream<Path> left = Files.list(root.resolve("workspaces"))) {
            return left.count();
        }
    }

    private Usage usage() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"));
                Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
            String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
            return new Usage(Long.parseLong(pages[1]) * PAGE_BYTES, files.count(), (int) threads.count());
        }
    }
}
