package dev.netbase.worker.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A main class of the tests in a JVM of its own.
 *
 * @param exitValue what it ended with; negative if it had to be killed
 * @param output both of its outputs
 */
public record ForkedJvm(int exitValue, String output) {
    private static final int KILLED = -1;

    /** Runs it until it ends, or is killed because it took too long. */
    public static ForkedJvm run(Class<?> main, Path log, Duration patience, List<String> options, String... arguments)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-Dnetbase.test.guests=" + System.getProperty("netbase.test.guests"),
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean ended = process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
        return new ForkedJvm(ended ? process.exitValue() : KILLED, Files.readString(log));
    }
}
