package dev.netbase.scheduler.webhook;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Webhooks, {@code netbase.webhooks.*}; asset-api has the same of the first two. */
@ConfigMapping(prefix = "netbase.webhooks")
public interface WebhookConfig {
    /** Origins that may be called, for example {@code https://hooks.example.com,https://*.example.org}; none by default. */
    Optional<List<String>> allowedOrigins();

    /** Whether addresses of this machine and of private networks may be called. */
    @WithDefault("false")
    boolean allowPrivateAddresses();

    /**
     * A file with the secrets that bodies are signed with, one a line, each {@code whsec_} and base64 of 24 to 64 bytes.
     * With several, each signs, so that receivers can change over. Read for every batch. Without it nothing is sent.
     */
    Optional<Path> secretFile();

    /** How often a delivery is tried. */
    @WithDefault("8")
    int maxAttempts();

    /** The wait after the first failed attempt; each further one is four times as long, up to six hours. */
    @WithDefault("5s")
    Duration firstBackoff();

    /** How long a receiver may take to answer. */
    @WithDefault("10s")
    Duration timeout();
}
