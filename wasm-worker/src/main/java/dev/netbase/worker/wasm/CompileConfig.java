package dev.netbase.worker.wasm;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Bounds of compiling one module, in a process of its own. What passes one is INVALID_MODULE for its task and costs no
 * other. How many modules are compiled at once is {@link SandboxConfig#compilations}.
 */
@ConfigMapping(prefix = "netbase.compile")
public interface CompileConfig {
    /** Wall clock, and as much processor time; above zero. */
    @WithDefault("300s")
    Duration timeout();

    /** Address space of the process. The program itself takes some 50 MiB of it. */
    @WithDefault("4G")
    MemorySize memory();

    /** The largest machine code, as it is serialized. */
    @WithDefault("512M")
    MemorySize maxCode();

    /** How much a compilation steps back behind guests when processors are scarce; 0 to 19. */
    @WithDefault("5")
    int nice();

    /** Machine code kept on disk, in {@code netbase.cache.root}; what was not used for longest is deleted. 0 keeps none. */
    @WithDefault("4G")
    MemorySize store();

    /**
     * What the code on disk is authenticated with; made at the first start, mode 0600. In {@code netbase.cache.root}
     * unless set: a place apart keeps whoever can write there from getting code of their own loaded.
     */
    Optional<Path> keyFile();
}
