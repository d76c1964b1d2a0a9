package dev.netbase.tools.module;

import dev.netbase.model.definition.ConfigLayers;
import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The configuration of one run: the module's file as the registry finds it, then {@code --config}, then single options. */
final class ConfigOptions {
    private static final String SUFFIX = ".config.json";

    @Option(
            names = "--config",
            paramLabel = "JSON|@FILE",
            description = "what the agent's config would be; single options go over it, and it over X.config.json"
                    + " beside X.wasm, which is read if it is there")
    private @Nullable String config;

    @Option(names = "--arg", paramLabel = "TEXT", description = "config.args: what follows argv[0]; may be repeated")
    private List<String> args = List.of();

    @Option(names = "--env", paramLabel = "NAME=TEXT", description = "config.env; may be repeated")
    private Map<String, String> env = Map.of();

    @Option(
            names = "--workspace-mount",
            paramLabel = "PATH",
            description = "config.workspace_mount (default /workspace)")
    private @Nullable String workspaceMount;

    @Mixin
    private DeterminismOptions determinism = new DeterminismOptions();

    @Mixin
    private LimitOptions limits = new LimitOptions();

    /**
     * All layers as one.
     *
     * @throws ToolException for a layer that is no JSON object
     */
    Map<String, @Nullable Object> of(Path module) throws IOException {
        Optional<Path> beside = beside(module);
        Map<String, @Nullable Object> file = beside.isPresent() ? read(beside.get()) : Map.of();
        return ConfigLayers.merge(file, given(), single());
    }

    /** The file that configures a module, as the registry finds it in a package. */
    static Optional<Path> beside(Path module) {
        String name = String.valueOf(module.getFileName());
        String stem = name.endsWith(".wasm") ? name.substring(0, name.length() - ".wasm".length()) : name;
        return Stream.of(stem, name)
                .map(candidate -> module.resolveSibling(candidate + SUFFIX))
                .filter(Files::isRegularFile)
                .findFirst();
    }

    private Map<String, @Nullable Object> given() throws IOException {
        if (config == null) {
            return Map.of();
        }
        return config.startsWith("@") ? read(Path.of(config.substring(1))) : object(config, "--config");
    }

    private static Map<String, @Nullable Object> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ToolException("there is no file " + file + " to take the configuration from");
        }
        return object(Files.readString(file), file.toString());
    }

    private static Map<String, @Nullable Object> object(String json, String source) {
        try {
            return Json.parseObject(json);
        } catch (JsonException e) {
            throw new ToolException(source + " must be a JSON object: " + e.getMessage());
        }
    }

    private Map<String, @Nullable Object> single() {
        Map<String, @Nullable Object> single = new LinkedHashMap<>();
        if (!args.isEmpty()) {
            single.put("args", args);
        }
        if (!env.isEmpty()) {
            single.put("env", env);
        }
        if (workspaceMount != null) {
            single.put("workspace_mount", workspaceMount);
        }
        determinism.addTo(single);
        limits.addTo(single);
        return single;
    }
}
