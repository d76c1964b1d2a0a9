package dev.netbase.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.netbase.standalone.process.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A directory with everything that a run needs: {@code package/} with the files to publish, {@code package.json} (name,
 * version_string, description), {@code agents.json} (name, file and, at will, config of each), {@code workflow.json}
 * (name, definition), {@code inputs.json} and {@code expected.json}.
 *
 * @param root of the files to publish
 * @param files to publish, in order of their paths
 * @param packageInfo the package and its version
 * @param agents to define over its files
 * @param workflow to define over its agents
 * @param inputs of the run
 * @param expected output of the run
 */
public record Example(
        Path root,
        List<Path> files,
        JsonNode packageInfo,
        JsonNode agents,
        JsonNode workflow,
        JsonNode inputs,
        JsonNode expected) {
    public Example {
        files = List.copyOf(files);
    }

    /** Reads one. */
    public static Example read(Path directory) throws IOException {
        Path root = directory.resolve("package");
        try (Stream<Path> files = Files.walk(root)) {
            return new Example(
                    root,
                    files.filter(Files::isRegularFile).sorted().toList(),
                    json(directory, "package.json"),
                    json(directory, "agents.json"),
                    json(directory, "workflow.json"),
                    json(directory, "inputs.json"),
                    json(directory, "expected.json"));
        } catch (NoSuchFileException e) {
            throw new StartupException("The example in " + directory + " is not whole: there is no " + e.getFile(), e);
        }
    }

    private static JsonNode json(Path directory, String name) throws IOException {
        return new ObjectMapper().readTree(Files.readAllBytes(directory.resolve(name)));
    }
}
