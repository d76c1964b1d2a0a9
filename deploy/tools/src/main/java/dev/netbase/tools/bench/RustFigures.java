package dev.netbase.tools.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.netbase.tools.module.ToolException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code netbase-bench} measures: the same crate without Java. */
final class RustFigures {
    private RustFigures() {}

    /** The figures by their names, in order. */
    static Map<String, Double> measure(Path program, Path guests, Path compiler)
            throws IOException, InterruptedException {
        Process process = new ProcessBuilder(program.toString(), guests.toString(), compiler.toString())
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
