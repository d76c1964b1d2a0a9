package dev.netbase.api.agent.domain;

import dev.netbase.model.task.AgentType;
import java.time.OffsetDateTime;

/**
 * An executable file under a name, with configuration of its own.
 *
 * @param config a JSON object
 */
public record Agent(
        long id,
        String name,
        AgentType agentType,
        long assetFileId,
        String config,
        long ownerId,
        OffsetDateTime createdAt,
        OffsetDateTime updatedAt) {}
