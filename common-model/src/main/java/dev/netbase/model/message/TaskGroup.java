package dev.netbase.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import dev.netbase.model.json.RawJsonDeserializer;
import dev.netbase.model.task.AgentType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value of {@code netbase.task.groups} and {@code netbase.task.groups.urgent}: tasks that one worker runs together.
 *
 * @param schema the format's version, 1
 * @param tasks 1 to 500 by default
 */
public record TaskGroup(int schema, String groupId, String runId, List<Task> tasks) {
    /** The version of this format. */
    public static final int SCHEMA = 1;

    /** The record's header with the priority of the group's run as a decimal number; without it, 0. */
    public static final String PRIORITY_HEADER = "netbase-priority";

    /**
     * A task of a group. What it says beyond its id and attempt is a hint; a worker takes the truth from its claim.
     *
     * @param specId names the agent's file and merged configuration, as {@code task_specs} has them
     * @param modulePath the absolute path of the agent's file
     * @param checksum SHA-256 of that file
     * @param config the merged configuration, a JSON object; raw JSON in a group that was read
     * @param inputs the task's input, or a reference to it; raw JSON in a group that was read
     * @param timeoutMs milliseconds from instantiation on
     * @param hintChannel the channel of PostgreSQL on which a scheduler would be told of the outcome, to write it together
     *     with what follows from it; null if none would
     */
    public record Task(
            long taskInstanceId,
            int attempt,
            String node,
            @Nullable Integer index,
            long specId,
            AgentType agentType,
            String modulePath,
            String checksum,

            @JsonDeserialize(using = RawJsonDeserializer.class)
            Object config,

            @JsonDeserialize(using = RawJsonDeserializer.class) @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable
            Object inputs,

            long timeoutMs,
            @Nullable String hintChannel) {}
}
