package dev.netbase.api.workflow.application;

import dev.netbase.model.definition.NodeTarget;
import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Which workflows name which as sub-workflows. */
public interface WorkflowLinks {
    /** For each of these that exists, what its definition names; without a version, its latest. */
    Uni<Map<NodeTarget.Workflow, Set<NodeTarget.Workflow>>> named(Collection<NodeTarget.Workflow> workflows);
}
