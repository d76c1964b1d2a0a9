package dev.netbase.scheduler.run.application;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.netbase.model.task.AgentType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An agent's file and merged configuration, as records name them.
 *
 * @param modulePath the file's absolute path in the module store
 * @param config the merged configuration
 * @param configJson the same as JSON, for records
 */
public record SpecInfo(
        long id,
        long agentId,
        AgentType agentType,
        String modulePath,
        String checksum,
        Map<String, @Nullable Object> config,
        RawValue configJson) {}
