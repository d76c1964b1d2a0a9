package dev.netbase.api.asset.application;

import dev.netbase.api.asset.application.ModuleStore.Staging;
import dev.netbase.api.asset.application.UploadedVersion.StagedFile;
import dev.netbase.api.asset.domain.AssetPackage;
import dev.netbase.api.asset.domain.NewVersion;
import dev.netbase.api.asset.domain.NewVersion.NewFile;
import dev.netbase.api.asset.domain.SemanticVersion;
import dev.netbase.api.asset.wasm.InvalidModuleException;
import dev.netbase.api.asset.wasm.ModuleValidator;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.model.asset.ConfigFile;
import dev.netbase.model.asset.FileType;
import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.problem.ProblemCode;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks an upload that has arrived in full: its number, its types, its modules and its configurations. */
final class VersionCheck {
    private static final int MAX_CONFIG_BYTES = 1 << 20;

    private final ModuleValidator modules;
    private final LimitCaps caps;

    VersionCheck(ModuleValidator modules, LimitCaps caps) {
        this.modules = modules;
        this.caps = caps;
    }

    /** @throws ProblemException if the version cannot be published */
    NewVersion check(AssetPackage assetPackage, VersionMetadata metadata, UploadedVersion upload) throws IOException {
        SemanticVersion version = SemanticVersion.parse(metadata.versionString())
                .orElseThrow(() -> new ProblemException(
                        ProblemCode.INVALID_VERSION,
                        "'" + metadata.versionString() + "' is not a version of Semantic Versioning 2.0.0 with at most "
                                + SemanticVersion.MAX_LENGTH + " characters",
                        List.of(new FieldProblem("version_string", "must be a version such as 1.0.0 or 1.1.0-beta"))));
        if (upload.files().isEmpty()) {
            throw ProblemException.invalidField("file", "must be there at least once");
        }
        Map<String, FileType> types = types(metadata, upload);
        Map<String, String> configs = new HashMap<>();
        for (StagedFile file : upload.files()) {
            switch (type(types, file)) {
                case WASM -> checkModule(file, upload.staging());
                case CONFIG_JSON -> {
                    String executable = executable(file, types);
                    if (executable != null) {
                        configs.put(executable, config(file, upload.staging()));
                    }
                }
                case SQL_SCRIPT, DOCKERFILE, README_MD, OTHER -> {}
            }
        }
        List<NewFile> files = upload.files().stream()
                .map(file -> new NewFile(
                        file.path(),
                        type(types, file),
                        file.checksum(),
                        file.sizeBytes(),
                        configs.get(file.path().value())))
                .toList();
        return new NewVersion(assetPackage, version, metadata.description(), files);
    }

    private static FileType type(Map<String, FileType> types, StagedFile file) {
        return Objects.requireNonNull(types.get(file.path().value()));
    }

    private static Map<String, FileType> types(VersionMetadata metadata, UploadedVersion upload) {
        Map<String, FileType> types = new HashMap<>();
        upload.files()
                .forEach(file -> types.put(
                        file.path().value(), FileType.infer(file.path().value())));
        List<FieldProblem> problems = new ArrayList<>();
        Map<String, Integer> declared = new HashMap<>();
        for (int i = 0; i < metadata.files().size(); i++) {
            VersionMetadata.DeclaredFile file = metadata.files().get(i);
            String field = "files[" + i + "].relative_path";
            if (!types.containsKey(file.relativePath())) {
                problems.add(new FieldProblem(field, "names '" + file.relativePath() + "', which was not sent"));
            } else if (declared.put(file.relativePath(), i) != null) {
                problems.add(new FieldProblem(field, "names '" + file.relativePath() + "' twice"));
            } else if (file.fileType() != null) {
                types.put(file.relativePath(), file.fileType());
            }
        }
        if (!problems.isEmpty()) {
            throw new ProblemException(
                    ProblemCode.INVALID_PATH,
                    "metadata and files do not fit: " + problems.getFirst().message(),
                    problems);
        }
        return types;
    }

    private void checkModule(StagedFile file, Staging staging) throws IOException {
        try (FileChannel channel = staging.open(file.path())) {
            modules.validate(channel);
        } catch (InvalidModuleException e) {
            String message = String.valueOf(e.getMessage());
            throw new ProblemException(
                    ProblemCode.INVALID_MODULE,
                    "'" + file.path() + "' " + message,
                    List.of(new FieldProblem(file.path().value(), message)));
        }
    }

    /** The WASM file that this file configures. */
    private static @Nullable String executable(StagedFile file, Map<String, FileType> types) {
        return ConfigFile.candidates(file.path().value()).stream()
                .filter(candidate -> types.get(candidate) == FileType.WASM)
                .findFirst()
                .orElse(null);
    }

    private String config(StagedFile file, Staging staging) throws IOException {
        if (file.sizeBytes() > MAX_CONFIG_BYTES) {
            throw invalidConfig(file, "must not be larger than " + MAX_CONFIG_BYTES + " bytes", List.of());
        }
        byte[] content;
        try (FileChannel channel = staging.open(file.path())) {
            content = Channels.newInputStream(channel).readAllBytes();
        }
        Object value;
        try {
            value = Json.parse(content);
        } catch (JsonException e) {
            throw invalidConfig(file, "must be valid JSON", List.of());
        }
        if (!(value instanceof Map<?, ?> config)) {
            throw invalidConfig(file, "must hold a JSON object", List.of());
        }
        List<FieldProblem> problems = caps.check(config.get("limits"), "limits");
        if (!problems.isEmpty()) {
            FieldProblem first = problems.getFirst();
            throw invalidConfig(file, "is not valid: " + first.field() + " " + first.message(), problems);
        }
        return Json.write(config);
    }

    private static ProblemException invalidConfig(StagedFile file, String problem, List<FieldProblem> problems) {
        return new ProblemException(
                ProblemCode.INVALID_CONFIG,
                "'" + file.path() + "' " + problem,
                problems.isEmpty() ? List.of(new FieldProblem(file.path().value(), problem)) : problems);
    }
}
