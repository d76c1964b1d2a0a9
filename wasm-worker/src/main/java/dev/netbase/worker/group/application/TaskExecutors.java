package dev.netbase.worker.group.application;

import dev.netbase.model.task.AgentType;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskSpec;
import io.quarkus.arc.All;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The executors by agent type. */
@Singleton
public class TaskExecutors {
    private final Map<AgentType, TaskExecutor> byType = new EnumMap<>(AgentType.class);

    public TaskExecutors(@All List<TaskExecutor> executors) {
        for (TaskExecutor executor : executors) {
            if (byType.put(executor.type(), executor) != null) {
                throw new IllegalStateException("two executors of " + executor.type());
            }
        }
    }

    /** Whether a task of this spec may be run without being claimed: all that comes of it is its outcome. */
    boolean hasNoEffects(TaskSpec spec) {
        TaskExecutor executor = byType.get(spec.agentType());
        return executor != null && executor.hasNoEffects(spec);
    }

    /** Executes a task by its agent type. */
    Uni<TaskOutcome> execute(TaskCall call, Cancellation cancellation) {
        AgentType type = call.spec().agentType();
        @Nullable TaskExecutor executor = byType.get(type);
        if (executor == null) {
            return Uni.createFrom()
                    .item(TaskOutcome.Failed.before(
                            TaskErrorCode.UNSUPPORTED_AGENT_TYPE, "this worker does not execute " + type + " agents"));
        }
        return executor.execute(call, cancellation);
    }
}
