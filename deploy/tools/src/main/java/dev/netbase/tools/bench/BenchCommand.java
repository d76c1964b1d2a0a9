package dev.netbase.tools.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./netbase bench engine}. */
@Command(name = "bench", description = "Measures the sandbox; one key=value line per figure.")
public final class BenchCommand implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this text")
    private boolean help;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "also writes the figures there (default target/bench-engine.json)")
    private @Nullable Path json;

    @Parameters(paramLabel = "engine", description = "what is measured")
    private String what = "engine";

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (!what.equals("engine")) {
            System.err.println("netbase: there is no benchmark '" + what + "' here; known is engine");
            return 2;
        }
        Path home = Path.of(System.getProperty("netbase.home", "."));
        Map<String, Double> figures = new EngineBench(home).perform();
        figures.forEach((name, value) -> System.out.printf(Locale.ROOT, "%s=%.3f%n", name, value));
        Path file = json == null ? home.resolve("target/bench-engine.json") : json;
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), figures);
        return 0;
    }
}
