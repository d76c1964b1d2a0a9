package dev.netbase.api.agent.application;

import dev.netbase.api.agent.domain.Agent;
import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.model.asset.FileType;
import dev.netbase.model.task.AgentType;
import io.smallrye.mutiny.Uni;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/** Agents in the registry. */
public interface AgentRepository {
    /** Adds an agent, or fails with {@code agent-name-taken}. */
    Uni<Agent> create(String name, AgentType type, long assetFileId, String config, long ownerId);

    /** Agents, newest first. */
    Uni<Page<Agent>> list(PageRequest page);

    /** An agent by its id. */
    Uni<Optional<Agent>> find(long id);

    /**
     * Changes an agent under its lock; id, owner and times stay.
     *
     * @return the changed agent, or empty if there is none; fails with {@code agent-name-taken}, and with {@code
     *     agent-in-use} if the name changes while something refers to it
     */
    Uni<Optional<Agent>> update(long id, UnaryOperator<Agent> change);

    /** Deletes an agent; fails with {@code agent-not-found} or {@code agent-in-use}. */
    Uni<Void> delete(long id);

    /** The type of an asset file, or empty if there is none of this id. */
    Uni<Optional<FileType>> fileType(long assetFileId);

    /** The ids of those agents that exist. */
    Uni<Map<String, Long>> idsByName(Set<String> names);
}
