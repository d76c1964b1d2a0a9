package dev.netbase.api.run.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run was made of. Digests are SHA-256, in hexadecimal; those of values are of their JSON text.
 *
 * @param trigger JSON
 * @param outputSha256 null unless it completed
 * @param engines what its tasks were executed by, each once
 * @param nodes what each node was fixed to when the run started, in the order of their keys; empty before
 */
public record Provenance(
        String runId,
        String workflow,
        int version,
        String trigger,
        @Nullable String rerunOf,
        boolean exact,
        @Nullable String parentRunId,
        String inputsSha256,
        @Nullable String outputSha256,
        List<String> engines,
        List<Node> nodes) {

    /** What a node was fixed to. */
    public sealed interface Node {
        /** Its key. */
        String node();
    }

    /**
     * A file and its merged configuration.
     *
     * @param sha256 of the file
     * @param config JSON, limits included
     */
    public record AgentNode(
            String node,
            long agentId,
            String agentType,
            long assetFileId,
            String packageNanoid,
            String packageVersion,
            String relativePath,
            String sha256,
            String config)
            implements Node {}

    /** A version of another workflow. */
    public record WorkflowNode(String node, String workflow, int version) implements Node {}

    /**
     * One task's part.
     *
     * @param engine what executed its last attempt; null if nothing did
     * @param childRunId the run that is its last attempt, where the node executes a workflow
     */
    public record TaskPart(
            long taskInstanceId,
            String node,
            @Nullable Integer index,
            int attempt,
            @Nullable String inputsSha256,
            @Nullable String outputSha256,
            @Nullable Long timeoutMs,
            @Nullable String engine,
            @Nullable String childRunId) {}
}
