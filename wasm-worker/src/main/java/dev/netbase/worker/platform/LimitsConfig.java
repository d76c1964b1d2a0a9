package dev.netbase.worker.platform;

import io.smallrye.config.ConfigMapping;
import java.util.Map;

/** The operator's caps on what a task may use: {@code netbase.limits.*}. */
@ConfigMapping(prefix = "netbase.limits")
public interface LimitsConfig {
    /** Caps by limit, {@code netbase.limits.caps.memory_bytes} for one; those not given are the contract's. */
    Map<String, Long> caps();
}
