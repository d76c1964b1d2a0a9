package dev.netbase.api.run.domain;

import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskStatus;
import java.time.OffsetDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run of a workflow. Payloads are JSON texts, or references to artifacts.
 *
 * @param workflow the workflow's name
 * @param version the workflow's version that runs
 * @param inputs null in a list where they are over 64 KiB
 * @param trigger what started it: {@code {"type":"http"}}, for Kafka also event id, topic, partition, offset, time
 *     and, for a CloudEvent, its attributes; for a schedule its id, name and tick
 * @param priority higher ones start first where runs wait
 * @param output null until the run has completed
 * @param error null unless the run has failed
 * @param parentRunId the run that it is a part of; null for a run by itself
 * @param rerunOf the run that it repeats; null if none
 * @param retries how often it was made to go on from what did not complete
 * @param tasks how many of its tasks have each status
 */
public record Run(
        String runId,
        String workflow,
        int version,
        RunStatus status,
        @Nullable String inputs,
        String trigger,
        int priority,
        @Nullable String output,
        @Nullable String error,
        OffsetDateTime createdAt,
        @Nullable OffsetDateTime startedAt,
        @Nullable OffsetDateTime finishedAt,
        @Nullable String parentRunId,
        @Nullable String rerunOf,
        int retries,
        Map<TaskStatus, Long> tasks) {}
