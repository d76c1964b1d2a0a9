package dev.netbase.standalone.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Finds and ends what an earlier supervisor of the same data directory left running, when it was killed together with
 * its {@link Guardian}. The caller holds the directory's lock, so nobody else's children can be meant.
 */
public final class Orphans {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private Orphans() {}

    /**
     * Ends every recorded process that still belongs to the data directory, and removes the records. A pid alone proves
     * nothing, it may have been given to another program since; the command line must name the data directory too. (Start
     * times would not do: they move when the system's clock is set.)
     *
     * @param runs holds one directory of {@code NAME.pid} files for each earlier supervisor
     * @return how many processes were ended
     */
    public static int end(Path runs, Path dataDirectory) throws IOException {
        List<ProcessHandle> ended = new ArrayList<>();
        try (Stream<Path> files = Files.walk(runs)) {
            for (Path record : files.filter(Orphans::isRecord).toList()) {
                Optional<ProcessHandle> orphan = process(record)
                        .filter(process -> CommandLines.of(process).contains(dataDirectory.toString()));
                orphan.ifPresent(process -> {
                    end(process, record);
                    ended.add(process);
                });
            }
        }
        ended.forEach(Orphans::await);
        clear(runs);
        return ended.size();
    }

    private static boolean isRecord(Path file) {
        return file.toString().endsWith(".pid");
    }

    private static void end(ProcessHandle process, Path record) {
        if (record.endsWith("postgres.pid")) {
            StopSignal.kill("QUIT", process);
        } else {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private static void await(ProcessHandle process) {
        try {
            process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Optional<ProcessHandle> process(Path record) throws IOException {
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(record).strip()));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static void clear(Path runs) throws IOException {
        try (Stream<Path> files = Files.walk(runs)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!file.equals(runs)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }
}
