package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.TaskResult;
import java.util.List;

/** Tells the scheduler which results were written. A fast path only: what is not delivered, it finds in the database. */
public interface TaskEvents {
    /** Sends one event per result, without waiting for the broker. Never throws. */
    void send(List<TaskResult> written);

    /**
     * Gives the scheduler a result to write, which it may do or not; by default it is not told. Never throws.
     *
     * @param completed of a task that began on its record's word, and completed with an output in the result itself
     * @return false if the scheduler is not told
     */
    default boolean hint(TaskResult completed) {
        return false;
    }
}
