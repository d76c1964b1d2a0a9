package dev.netbase.api.asset.store;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;

/** Where published files are kept. */
@ConfigMapping(prefix = "netbase.modules")
public interface ModulesConfig {
    /** The root of the module store, the same for all services. */
    Path root();
}
