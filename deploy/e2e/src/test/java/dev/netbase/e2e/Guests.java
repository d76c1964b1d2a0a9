package dev.netbase.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Guests in text form, assembled by the tool that the worker's crate builds. */
final class Guests {
    private static final Path TOOL = NetbaseUp.home().resolve("wasm-worker/target/native/netbase-wat");
    private static final Path TEXTS = NetbaseUp.home().resolve("wasm-worker/native/tests/guests");

    private Guests() {}

    /** One of the sandbox's own test guests. */
    static byte[] module(String name) throws IOException {
        return assemble(TEXTS.resolve(name + ".wat"), name);
    }

    /** A WASI command of these tests, which copies its input after a pause. */
    static byte[] slowCat() throws IOException {
        return own("slow-cat");
    }

    /** The same as a module of memory delivery, which a worker may begin before it has claimed the task. */
    static byte[] slowEcho() throws IOException {
        return own("slow-echo");
    }

    /** A WASI command of these tests, which sleeps for as many milliseconds as its input says, and answers it. */
    static byte[] nap() throws IOException {
        return own("nap");
    }

    private static byte[] own(String name) throws IOException {
        return assemble(NetbaseUp.home().resolve("deploy/e2e/src/test/resources/guests/" + name + ".wat"), name);
    }

    private static byte[] assemble(Path text, String name) throws IOException {
        Path out = Files.createTempDirectory("guests");
        try {
            Process process = new ProcessBuilder(TOOL.toString(), text.toString(), "-o", out.toString())
                    .inheritIO()
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("cannot assemble " + name);
            }
            return Files.readAllBytes(out.resolve(name + ".wasm"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } finally {
            NetbaseUp.delete(out);
        }
    }
}
