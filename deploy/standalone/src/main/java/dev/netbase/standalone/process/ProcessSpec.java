package dev.netbase.standalone.process;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A process to keep alive.
 *
 * @param name what people and log files call it
 * @param command program and arguments; one of them must contain the data directory's path, by which an orphan is
 *     recognised
 * @param environment added to the supervisor's own
 * @param log receives stdout and stderr, appended
 * @param stopSignal how it is asked to end
 * @param readiness tells when it can do its work
 */
public record ProcessSpec(
        String name,
        List<String> command,
        Map<String, String> environment,
        Path log,
        StopSignal stopSignal,
        Readiness readiness) {
    public ProcessSpec {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }
}
