package dev.netbase.tools.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.netbase.tools.module.ToolException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code netbase-bench} measures: the same crate without Java. */
final class RustFigures {
    private RustFigures() {}

    /** Microseconds an execution of this guest, in a round of them. */
    static double execution(Path programs, Path guests, String guest) throws IOException, InterruptedException {
        return measure(programs, guests, guest).getOrDefault("execution_us", Double.NaN);
    }

    /**
     * The figures by their names, in order.
     *
     * @param guest the only one to be executed; none for what needs no Java beside it
     */
    static Map<String, Double> measure(Path programs, Path guests, String... guest)
            throws IOException, InterruptedException {
        String program = programs.resolve("netbase-bench").toString();
        List<String> command = new ArrayList<>(List.of(
                program, guests.toString(), programs.resolve("netbase-compile").toString()));
        command.addAll(List.of(guest));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        if (process.waitFor() != 0) {
            throw new ToolException(program + " failed");
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        said.lines().forEach(line -> {
            int equals = line.indexOf('=');
            figures.put(line.substring(0, equals), Double.valueOf(line.substring(equals + 1)));
        });
        return figures;
    }
}
