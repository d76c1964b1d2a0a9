package dev.netbase.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.netbase.model.task.AgentType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A value of {@code netbase.task.groups}: tasks that one worker runs together.
 *
 * @param schema the format's version, 1
 * @param tasks 1 to 500 by default
 */
public record TaskGroup(int schema, String groupId, String runId, List<Task> tasks) {
    /** The version of this format. */
    public static final int SCHEMA = 1;

    /**
     * A task of a group. What it says beyond its id and attempt is for readers; a worker takes the truth from its claim.
     *
     * @param modulePath the absolute path of the agent's file
     * @param checksum SHA-256 of that file
     * @param inputs the task's input, or a reference to it
     * @param timeoutMs milliseconds from instantiation on
     */
    public record Task(
            long taskInstanceId,
            int attempt,
            String node,
            @Nullable Integer index,
            AgentType agentType,
            String modulePath,
            String checksum,
            Map<String, @Nullable Object> config,

            @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Object inputs,

            long timeoutMs) {}
}
