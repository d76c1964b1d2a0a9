package dev.netbase.api.platform.security;

import io.smallrye.config.ConfigMapping;
import java.nio.file.Path;

/** Who may call. */
@ConfigMapping(prefix = "netbase.security")
public interface SecurityConfig {
    /** The file that holds the bearer token of the user {@code admin}; read once, at start. */
    Path adminTokenFile();
}
