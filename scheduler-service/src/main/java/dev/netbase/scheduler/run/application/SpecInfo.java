package dev.netbase.scheduler.run.application;

import dev.netbase.model.task.AgentType;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An agent's file and merged configuration, as records name them.
 *
 * @param modulePath the file's absolute path in the module store
 */
public record SpecInfo(
        long id,
        long agentId,
        AgentType agentType,
        String modulePath,
        String checksum,
        Map<String, @Nullable Object> config) {}
