package dev.netbase.standalone.process;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Starts children in sessions of their own, so that a Ctrl-C at the terminal reaches the supervisor alone, and records
 * each one's pid before its program runs, so that not even a supervisor killed in that moment leaves an unknown child.
 */
final class Launcher {
    private static final String RECORD_AND_BECOME = "echo $$ >\"$0\" && exec \"$@\"";
    private static final List<String> OWN_SESSION =
            programOnPath("setsid").map(List::of).orElse(List.of());

    private final Path records;

    /** @param records an existing directory that receives one {@code NAME.pid} for each child */
    Launcher(Path records) {
        this.records = records;
    }

    Process launch(ProcessSpec spec) throws IOException {
        List<String> command = new ArrayList<>(OWN_SESSION);
        command.addAll(List.of("sh", "-c", RECORD_AND_BECOME, record(spec).toString()));
        command.addAll(spec.command());
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Objects.requireNonNull(spec.log().toAbsolutePath().getParent())
                        .toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()))
                .redirectErrorStream(true);
        builder.environment().putAll(spec.environment());
        return builder.start();
    }

    /** Forgets a child that has ended. */
    void forget(ProcessSpec spec) {
        try {
            Files.deleteIfExists(record(spec));
        } catch (IOException e) {
            // A record left behind names a dead pid, which the next start ignores.
        }
    }

    /** A command in a session of its own, where the system can do that. */
    static List<String> inOwnSession(List<String> command) {
        List<String> whole = new ArrayList<>(OWN_SESSION);
        whole.addAll(command);
        return whole;
    }

    private Path record(ProcessSpec spec) {
        return records.resolve(spec.name() + ".pid");
    }

    private static Optional<String> programOnPath(String name) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        for (String directory : path.split(File.pathSeparator, -1)) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, name))) {
                return Optional.of(Path.of(directory, name).toString());
            }
        }
        return Optional.empty();
    }
}
