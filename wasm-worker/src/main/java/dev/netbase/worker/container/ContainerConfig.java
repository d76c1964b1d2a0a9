package dev.netbase.worker.container;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Where and how containers run: {@code netbase.container.*}. */
@ConfigMapping(prefix = "netbase.container")
public interface ContainerConfig {
    /** What runs containers. */
    @WithDefault("docker")
    Engine engine();

    /** How containers run as Kubernetes Jobs, where that is the engine. */
    Kubernetes kubernetes();

    /**
     * The engine's socket, {@code unix:///run/podman/podman.sock} for one; it speaks the Docker API. Whoever may use it
     * is master of its machine, and the worker may. Without it, and without Kubernetes, no container runs.
     */
    Optional<String> endpoint();

    /** How many containers run at a time; other tasks wait. */
    @WithDefault("8")
    int concurrency();

    /**
     * Whom containers run as, {@code uid:gid}; by default the worker's own user and group, who own the workspace. For
     * an engine without root it is {@code 0:0}, which is that engine's user.
     */
    Optional<String> user();

    /** When an image is fetched from its registry. */
    @WithDefault("missing")
    Pull pull();

    /** What the names of images may begin with, {@code registry.example/team/} for one; empty allows all. */
    Optional<List<String>> allowedImages();

    /**
     * The engine's network for agents that ask with {@code "network": true}, {@code bridge} for one. Without it no
     * container has a network.
     */
    Optional<String> network();

    /** The network of builds: {@code none}, or one of the engine's. */
    @WithDefault("none")
    String buildNetwork();

    /** How long building, or fetching, an image may take. */
    @WithDefault("10m")
    Duration imageTimeout();

    /** How long the engine has to answer a request. */
    @WithDefault("30s")
    Duration answerTimeout();

    /** The size of {@code /tmp} and of each volume that an image declares: in memory, and counted with it. */
    @WithDefault("64M")
    MemorySize tmpSize();

    /** What runs containers. */
    enum Engine {
        /** An engine that speaks the Docker API at {@code endpoint}. */
        DOCKER,
        /** The cluster that the worker itself runs in, or that its kubeconfig names. */
        KUBERNETES
    }

    /** Kubernetes Jobs: {@code netbase.container.kubernetes.*}. */
    interface Kubernetes {
        /** Where Jobs are made; by default the worker's own namespace. */
        Optional<String> namespace();

        /** The claim of a volume that the worker has mounted and that each Job mounts its own folders of. */
        Optional<String> claim();

        /** Where the worker has that volume; the workspaces' and the cache's root must be beneath it. */
        Optional<Path> sharedRoot();

        /** How long a Job is kept when its worker is lost. */
        @WithDefault("5m")
        Duration keptFor();
    }

    /** When an image is fetched. */
    enum Pull {
        /** Only images that the engine has are run. */
        NEVER,
        /** If the engine does not have it. */
        MISSING,
        /** Before every run. */
        ALWAYS
    }
}
