package dev.netbase.worker.group.application;

import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.file.TaskFile;
import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.limits.TaskLimits;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskSpec;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a claimed row ready to execute: limits resolved, input whole. */
@Singleton
public class TaskPreparation {
    private static final String REFERENCE_MARK = "$artifact";
    private final LimitCaps caps;
    private final ValueReferences values;

    public TaskPreparation(LimitCaps caps, ValueReferences values) {
        this.caps = caps;
        this.values = values;
    }

    /** What came of it. */
    sealed interface Prepared {}

    /** The task can be executed. */
    record Ready(TaskCall call) implements Prepared {}

    /** The task has ended before it began. */
    record Refused(TaskOutcome.Failed outcome) implements Prepared {
        Refused(TaskErrorCode code, String message) {
            this(TaskOutcome.Failed.before(code, message));
        }
    }

    /** Whether preparing this input may wait for storage. */
    static boolean blocks(String inputs) {
        return inputs.contains(REFERENCE_MARK);
    }

    /** What tasks of a spec may use. */
    TaskLimits limits(TaskSpec spec) {
        return caps.resolve(spec.config());
    }

    /** The most bytes that the input of a claimed task can have when it is whole. */
    static long inputBytesAtMost(Claim claim, TaskLimits limits) {
        return blocks(claim.inputs())
                ? limits.get(TaskLimit.INPUT_BYTES)
                : 3L * claim.inputs().length();
    }

    /** Prepares one task. Blocks on storage if its input refers to artifacts. */
    Prepared prepare(Claim claim, TaskSpec spec) {
        TaskLimits limits = limits(spec);
        Long timeoutMs = claim.timeoutMs();
        if (timeoutMs != null) {
            limits = limits.withTimeoutAtMost(timeoutMs);
        }
        long inputBytes = limits.get(TaskLimit.INPUT_BYTES);
        byte[] input;
        List<TaskFile> files;
        try {
            files = files(claim.files());
            input = input(claim.inputs(), inputBytes);
        } catch (ValueReferences.TooLargeException e) {
            return tooLarge(inputBytes);
        } catch (IOException | JsonException e) {
            return new Refused(TaskErrorCode.INPUT_UNAVAILABLE, "the input could not be read: " + e.getMessage());
        }
        return input.length > inputBytes
                ? tooLarge(inputBytes)
                : new Ready(new TaskCall(claim.key(), claim.groupId(), spec, limits, input, files));
    }

    private byte[] input(String json, long maxBytes) throws IOException {
        return blocks(json)
                ? Json.writeBytes(values.resolveDeeply(Json.parse(json), maxBytes))
                : json.getBytes(StandardCharsets.UTF_8);
    }

    private static List<TaskFile> files(@Nullable String json) {
        return json == null ? List.of() : List.of(Json.read(json.getBytes(StandardCharsets.UTF_8), TaskFile[].class));
    }

    private static Refused tooLarge(long maxBytes) {
        return new Refused(TaskErrorCode.INPUT_TOO_LARGE, "the input is over " + maxBytes + " bytes");
    }
}
