package dev.netbase.tools.module;

import dev.netbase.model.limits.LimitCaps;
import dev.netbase.worker.platform.LimitsConfig;
import dev.netbase.worker.wasm.CompileConfig;
import dev.netbase.worker.wasm.SandboxConfig;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;

/**
 * The worker's settings with its defaults, as its environment variables may change them here too.
 *
 * @param caps of what one task may use
 */
public record Settings(SandboxConfig sandbox, CompileConfig compile, LimitCaps caps) {
    /** For as many guests at once as given; no more address space is reserved. */
    public static Settings forSlots(int slots) {
        SmallRyeConfig config = new SmallRyeConfigBuilder()
                .addDefaultSources()
                .addDefaultInterceptors()
                .addDiscoveredConverters()
                .withMapping(SandboxConfig.class)
                .withMapping(CompileConfig.class)
                .withMapping(LimitsConfig.class)
                .withDefaultValue("netbase.sandbox.slots", Integer.toString(slots))
                .withValidateUnknown(false)
                .build();
        return new Settings(
                config.getConfigMapping(SandboxConfig.class),
                config.getConfigMapping(CompileConfig.class),
                LimitCaps.of(config.getConfigMapping(LimitsConfig.class).caps()));
    }
}
