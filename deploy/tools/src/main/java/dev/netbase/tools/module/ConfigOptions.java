package dev.netbase.tools.module;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.netbase.model.asset.ConfigFile;
import dev.netbase.model.definition.ConfigLayers;
import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The configuration of one run: the module's file as the registry finds it, then {@code --config}, then single options. */
final class ConfigOptions {
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
        Map<String, @Nullable Object> file = beside.isPresent()
                ? object(Files.readAllBytes(beside.get()), beside.get().toString())
                : Map.of();
        return ConfigLayers.merge(file, given(), single());
    }

    /** The file that configures a module, as the registry finds it in a package. */
    private static Optional<Path> beside(Path module) throws IOException {
        if (!Files.isRegularFile(module)) {
            return Optional.empty();
        }
        Path folder = Objects.requireNonNull(module.toAbsolutePath().getParent());
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> configured(file).equals(Optional.ofNullable(module.getFileName())))
                    .min(Comparator.naturalOrder());
        }
    }

    private static Optional<Path> configured(Path file) {
        return ConfigFile.candidates(String.valueOf(file.getFileName())).stream()
                .map(Path::of)
                .filter(candidate -> Files.isRegularFile(file.resolveSibling(candidate)))
                .findFirst();
    }

    private Map<String, @Nullable Object> given() throws IOException {
        return config == null ? Map.of() : object(Values.of(config, "configuration"), "--config");
    }

    private static Map<String, @Nullable Object> object(byte[] json, String source) {
        try {
            return Json.parseObject(new String(json, UTF_8));
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
