package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.TaskResult;
import java.util.List;

/** Tells the scheduler which results were written. A fast path only: what is not delivered, it finds in the database. */
public interface TaskEvents {
    /** Sends one event per result, without waiting for the broker. Never throws. */
    void send(List<TaskResult> written);
}
