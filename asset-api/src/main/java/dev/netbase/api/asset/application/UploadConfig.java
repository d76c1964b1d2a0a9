package dev.netbase.api.asset.application;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** What one published version may hold. */
@ConfigMapping(prefix = "netbase.upload")
public interface UploadConfig {
    /** The largest file. */
    @WithDefault("512M")
    MemorySize maxFileSize();

    /** The most bytes of all files of a version together. */
    @WithDefault("2G")
    MemorySize maxVersionSize();

    /** The most files of a version. */
    @WithDefault("10000")
    int maxFiles();
}
