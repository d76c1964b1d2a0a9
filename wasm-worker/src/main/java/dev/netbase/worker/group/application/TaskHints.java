package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.TaskResult;

/** Hands outcomes to the scheduler that asked for them, which may write them or not. */
public interface TaskHints {
    /**
     * Gives a result away, without waiting for anybody to have it. Never throws.
     *
     * @param completed of a task that began on its record's word, and completed with an output in the result itself; its
     *     claim says where
     * @return false if nobody is told
     */
    boolean give(TaskResult completed);
}
