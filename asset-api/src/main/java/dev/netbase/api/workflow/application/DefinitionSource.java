package dev.netbase.api.workflow.application;

import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** Definitions as they were posted. */
public interface DefinitionSource {
    /** The JSON of one version of a workflow, or empty if there is no such version. */
    Uni<Optional<String>> definition(long workflowId, int version);
}
