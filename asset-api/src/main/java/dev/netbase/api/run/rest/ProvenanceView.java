package dev.netbase.api.run.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.netbase.api.run.domain.Provenance;
import dev.netbase.model.json.Json;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.task.AgentType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a run was made of. */
@Schema(name = "Provenance")
record ProvenanceView(
        String runId,
        String workflow,
        int version,

        @JsonRawValue @Schema(implementation = Object.class) String trigger,

        @Nullable String rerunOf,
        boolean exact,
        @Nullable String parentRunId,
        String inputsSha256,
        @Nullable String outputSha256,
        List<String> engines,
        List<NodeView> nodes) {

    /**
     * What a node was fixed to: an agent's file and configuration, or a version of a workflow.
     *
     * @param memoryLimitBytes what its tasks' memories may have together: the configuration's limit or the default,
     *     within the operator's cap of now; null but for WASM
     */
    @Schema(name = "ProvenanceNode")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record NodeView(
            String node,
            @Nullable Long agentId,
            @Nullable String agentType,
            @Nullable Long assetFileId,
            @Nullable String packageNanoid,
            @Nullable String packageVersion,
            @Nullable String relativePath,
            @Nullable String sha256,

            @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Schema(implementation = Object.class) @Nullable
            String config,

            @Nullable Long memoryLimitBytes,
            @Nullable String workflow,
            @Nullable Integer version) {

        static NodeView of(Provenance.Node node, LimitCaps caps) {
            return switch (node) {
                case Provenance.AgentNode agent ->
                    new NodeView(
                            agent.node(),
                            agent.agentId(),
                            agent.agentType(),
                            agent.assetFileId(),
                            agent.packageNanoid(),
                            agent.packageVersion(),
                            agent.relativePath(),
                            agent.sha256(),
                            agent.config(),
                            memoryLimit(agent, caps),
                            null,
                            null);
                case Provenance.WorkflowNode workflow ->
                    new NodeView(
                            workflow.node(),
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            null,
                            workflow.workflow(),
                            workflow.version());
            };
        }

        private static @Nullable Long memoryLimit(Provenance.AgentNode agent, LimitCaps caps) {
            return agent.agentType().equals(AgentType.WASM.name())
                            && Json.parse(agent.config()) instanceof Map<?, ?> config
                    ? caps.resolve(Collections.singletonMap("limits", config.get("limits")))
                            .get(TaskLimit.MEMORY_BYTES)
                    : null;
        }
    }

    static ProvenanceView of(Provenance run, LimitCaps caps) {
        return new ProvenanceView(
                run.runId(),
                run.workflow(),
                run.version(),
                run.trigger(),
                run.rerunOf(),
                run.exact(),
                run.parentRunId(),
                run.inputsSha256(),
                run.outputSha256(),
                run.engines(),
                run.nodes().stream().map(node -> NodeView.of(node, caps)).toList());
    }
}
