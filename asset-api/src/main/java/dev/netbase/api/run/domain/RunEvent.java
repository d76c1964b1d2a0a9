package dev.netbase.api.run.domain;

import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened to a run or to one of its tasks, as those who follow the run are told.
 *
 * @param seq its number within the run, from 1 without gaps
 * @param subject the run itself, or one of its tasks
 * @param status where the subject stood then
 * @param error JSON; null unless it failed or was cancelled
 * @param at when it came to stand so, by the database's clock
 */
public record RunEvent(
        int seq, Subject subject, String status, @Nullable String error, OffsetDateTime at) {
    /** Whom an event is about. */
    public sealed interface Subject {
        /** The run. */
        record OfRun() implements Subject {}

        /** A task in one of its attempts. */
        record OfTask(
                long taskInstanceId,
                String node,
                @Nullable Integer index,
                int attempt,
                @Nullable String groupId) implements Subject {}
    }
}
