package dev.netbase.worker.wasm;

import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Goes through every native method, for a JVM that checks each call: see {@link JniBoundaryTest}. */
final class JniExercise {
    /** The last line of a run that went well. */
    static final String FINE = "JNI exercised";

    private static final int ROUNDS = 50;

    private JniExercise() {}

    /** Runs guests of all kinds of ends; the one argument is an empty folder. */
    public static void main(String[] arguments) throws IOException {
        Path root = Files.createDirectories(Path.of(arguments[0]));
        WasmManager manager = Sandboxes.create(root, 20, 1);
        List<CompiledModule> modules = new ArrayList<>();
        for (String guest : List.of("echo", "trap", "exit", "recurse", "flood-stderr", "component-task", "grow")) {
            modules.add(manager.load(Guests.publish(root, guest)).await().atMost(Sandboxes.PATIENCE));
        }
        CompiledModule spin = manager.load(Guests.publish(root, "spin")).await().atMost(Sandboxes.PATIENCE);
        for (int round = 0; round < ROUNDS; round++) {
            List<Uni<WasmOutcome>> outcomes = new ArrayList<>();
            for (CompiledModule module : modules) {
                outcomes.add(manager.execute(Sandboxes.task(module)));
            }
            WasmExecution spinning = manager.start(Sandboxes.task(spin));
            spinning.cancel();
            outcomes.add(spinning.outcome());
            Uni.join().all(outcomes).andFailFast().await().atMost(Sandboxes.PATIENCE);
        }
        try {
            NativeSandbox.panic();
            throw new AssertionError("a panic was no exception");
        } catch (IllegalStateException e) {
            System.out.println("a panic became: " + e.getMessage());
        }
        try {
            NativeSandbox.create(0, 1, 1, 1, 1, new byte[0]);
            throw new AssertionError("a sandbox without slots was made");
        } catch (IllegalArgumentException e) {
            System.out.println("a wrong argument became: " + e.getMessage());
        }
        manager.close();
        System.out.println(FINE);
    }
}
