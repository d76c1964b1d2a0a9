package dev.netbase.api.platform.limits;

import dev.netbase.model.limits.LimitCaps;
import io.smallrye.config.ConfigMapping;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;

/** Makes the caps from the configuration. */
@ApplicationScoped
class LimitsProducer {
    /** Caps that differ from the defaults. */
    @ConfigMapping(prefix = "netbase.limits")
    interface LimitsConfig {
        /** By the limit's key, for example {@code netbase.limits.caps.memory_bytes}; units are the limit's. */
        Map<String, Long> caps();
    }

    @Produces
    @Singleton
    LimitCaps limitCaps(LimitsConfig config) {
        return LimitCaps.of(config.caps());
    }
}
