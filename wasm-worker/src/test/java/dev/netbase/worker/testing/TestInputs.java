package dev.netbase.worker.testing;

import dev.netbase.model.artifact.ArtifactStore;
import dev.netbase.model.artifact.FileArtifactStore;
import dev.netbase.worker.group.application.IoThreads;
import dev.netbase.worker.group.application.SpecCache;
import dev.netbase.worker.group.files.InputSources;
import dev.netbase.worker.group.files.InputsConfig;
import dev.netbase.worker.group.files.S3Objects;
import dev.netbase.worker.group.files.TaskWorkspaces;
import dev.netbase.worker.wasm.Workspaces;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Nothing but some local folders, and some buckets that no test has, is allowed. */
public record TestInputs(List<Path> folders) implements InputsConfig {
    @Override
    public int concurrency() {
        return 2;
    }

    @Override
    public Local local() {
        return () -> Optional.of(folders);
    }

    @Override
    public S3 s3() {
        return new S3() {
            @Override
            public Optional<List<String>> allowed() {
                return Optional.of(List.of("other", "bucket/allowed/"));
            }

            @Override
            public Optional<URI> endpoint() {
                return Optional.empty();
            }

            @Override
            public String region() {
                return "us-east-1";
            }

            @Override
            public boolean pathStyle() {
                return true;
            }

            @Override
            public Optional<String> accessKey() {
                return Optional.empty();
            }

            @Override
            public Optional<String> secretKey() {
                return Optional.empty();
            }

            @Override
            public Duration timeout() {
                return Duration.ofSeconds(1);
            }
        };
    }

    /** Workspaces below a root whose tasks get no files. */
    public static TaskWorkspaces workspaces(Path root, Path modules, Path artifacts, SpecCache specs) {
        TestInputs nothing = new TestInputs(List.of());
        ArtifactStore store = new FileArtifactStore(artifacts);
        return new TaskWorkspaces(
                new Workspaces(root),
                new InputSources(specs, store, new S3Objects(nothing), nothing, modules),
                store,
                new IoThreads(),
                nothing);
    }
}
