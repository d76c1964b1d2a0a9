package dev.netbase.worker.group.files;

import dev.netbase.model.artifact.ArtifactStore;
import dev.netbase.model.file.FileSource;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.SpecCache;
import dev.netbase.worker.group.domain.TaskSpec;
import dev.netbase.worker.wasm.ModulesRoot;
import dev.netbase.worker.wasm.TaskRefusedException;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Opens input files wherever they are. All methods block; what cannot be had is a {@link TaskRefusedException} with
 * INPUT_UNAVAILABLE.
 */
@Singleton
public class InputSources {
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final SpecCache specs;
    private final ArtifactStore artifacts;
    private final S3Objects objects;
    private final Path modulesRoot;
    private final ModulesRoot modules;
    private final List<Path> localFolders;

    public InputSources(
            SpecCache specs,
            ArtifactStore artifacts,
            S3Objects objects,
            InputsConfig config,
            @ConfigProperty(name = "netbase.modules.root") Path modulesRoot) {
        this.specs = specs;
        this.artifacts = artifacts;
        this.objects = objects;
        this.modulesRoot = modulesRoot.toAbsolutePath().normalize();
        this.modules = new ModulesRoot(modulesRoot);
        this.localFolders = config.local().allowed().orElse(List.of());
    }

    Content open(FileSource source) throws IOException {
        return switch (source) {
            case FileSource.Asset asset -> openAsset(asset);
            case FileSource.Artifact artifact -> openArtifact(artifact);
            case FileSource.S3 object -> objects.open(object);
            case FileSource.Local local -> openLocal(local);
        };
    }

    private Content openAsset(FileSource.Asset asset) throws IOException {
        TaskSpec.VersionFile file = specs.publishedFile(asset.nanoid(), asset.version(), asset.path())
                .await()
                .atMost(ANSWER)
                .orElseThrow(() -> unavailable("there is no such file of a package version"));
        Path path = modulesRoot.resolve(asset.nanoid()).resolve(asset.version()).resolve(asset.path());
        return new Content(regular(modules, path), file.checksum());
    }

    private Content openArtifact(FileSource.Artifact artifact) throws IOException {
        Path path = artifacts
                .locate(artifact.sha256())
                .orElseThrow(() -> unavailable("there is no artifact of this digest"));
        return new Content(Files.newInputStream(path), artifact.sha256());
    }

    private Content openLocal(FileSource.Local local) throws IOException {
        Path path = Path.of(local.path());
        Path folder = localFolders.stream()
                .filter(allowed -> path.startsWith(allowed) && !path.equals(allowed))
                .findFirst()
                .orElseThrow(() -> unavailable("the operator does not allow it (netbase.inputs.local.allowed)"));
        return new Content(regular(new ModulesRoot(folder), path), null);
    }

    private static InputStream regular(ModulesRoot root, Path path) throws IOException {
        try {
            root.size(path);
            return Channels.newInputStream(root.open(path));
        } catch (TaskRefusedException e) {
            throw unavailable("it is not there as a regular file");
        }
    }

    static TaskRefusedException unavailable(String why) {
        return new TaskRefusedException(TaskErrorCode.INPUT_UNAVAILABLE, why);
    }
}
