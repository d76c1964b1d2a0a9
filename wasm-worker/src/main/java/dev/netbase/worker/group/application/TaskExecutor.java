package dev.netbase.worker.group.application;

import dev.netbase.model.task.AgentType;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskSpec;
import io.smallrye.mutiny.Uni;

/** Executes tasks of one agent type. Every bean of this type is found and used. */
public interface TaskExecutor {
    /** The agent type whose tasks this one executes; no two executors share one. */
    AgentType type();

    /**
     * Whether all that comes of running such a task is its outcome: nothing else that anybody could see, no file, no
     * message, and little cost. It may then be run before it is known whether it should be, and its outcome dropped.
     */
    default boolean hasNoEffects(TaskSpec spec) {
        return false;
    }

    /**
     * Executes one task. It is called on a thread that may block for file access, and must not keep it while the task
     * runs.
     *
     * @param cancellation when it is requested, the task ends soon with the code CANCELLED, unless it ended otherwise
     * @return one outcome, given only after nothing of the task runs any more and its workspace is deleted. A failure
     *     of the Uni is a fault of the host and becomes HOST_ERROR
     */
    Uni<TaskOutcome> execute(TaskCall call, Cancellation cancellation);
}
