package dev.netbase.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * What a worker says on a scheduler's channel of PostgreSQL: how a short task completed that began on its record's word,
 * and all that its row is to say of it. Whoever writes it does so only where the row says what the task was run with.
 *
 * @param schema the format's version, 1
 * @param output JSON text of its output, of at most 4 Ki characters
 * @param workerId who ran it, under which epoch of its lease
 * @param stderr the bytes, at most 4 KiB
 * @param usage JSON text of what the attempt used beside fuel and memory
 * @param specId what it executed, as {@code task_specs} has it
 * @param timeoutMs its time limit in milliseconds
 * @param inputsSha256 the digest of the JSON text of its inputs
 * @param nanos nanoseconds from its beginning to this hint
 * @param groupChannel the channel on which its worker would be told of what follows, as a {@link SpokenGroup}; null if
 *     it would not hear it
 */
public record TaskHint(
        int schema,
        String runId,
        String groupId,
        long taskInstanceId,
        int attempt,
        String output,
        String workerId,
        long workerEpoch,
        byte[] stderr,
        long fuel,
        long peakMemoryBytes,
        String usage,
        long specId,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Long timeoutMs,
        byte[] inputsSha256,
        long nanos,
        @Nullable String groupChannel) {
    /** The version of this format. */
    public static final int SCHEMA = 1;
}
