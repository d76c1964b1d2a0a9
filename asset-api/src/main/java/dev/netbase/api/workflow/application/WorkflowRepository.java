package dev.netbase.api.workflow.application;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.workflow.domain.Workflow;
import dev.netbase.model.definition.StartSettings;
import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Workflows in the registry. */
public interface WorkflowRepository {
    /**
     * Adds a workflow with version 1.
     *
     * @param agentIds the agents that the definition names
     * @param settings what the definition says about starts
     * @return the workflow, or a failure with {@code workflow-name-taken}, or with {@code invalid-definition} if one of
     *     the agents is gone
     */
    Uni<Workflow> create(
            String name, String definition, Collection<Long> agentIds, StartSettings settings, long ownerId);

    /** Adds the next version; empty if there is no such workflow. Fails with {@code invalid-definition} likewise. */
    Uni<Optional<Workflow>> addVersion(
            String name, String definition, Collection<Long> agentIds, StartSettings settings);

    /** Lets runs that are started wait, or start again; empty if there is no such workflow. */
    Uni<Optional<Workflow>> setPaused(String name, boolean paused);

    /** Workflows at their latest versions, newest first. */
    Uni<Page<Workflow>> list(PageRequest page);

    /**
     * A workflow, or empty if there is no such workflow or version.
     *
     * @param version null for the latest
     */
    Uni<Optional<Workflow>> find(String name, @Nullable Integer version);
}
