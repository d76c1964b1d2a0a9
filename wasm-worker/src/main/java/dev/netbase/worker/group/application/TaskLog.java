package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskCall;
import java.util.function.Supplier;
import org.jboss.logging.MDC;

/**
 * Puts the ids of what log lines are about into fields of their own: {@code run_id} and {@code group_id}. What is done
 * under them must not start work for other tasks: threads that begin meanwhile have the fields, too.
 */
public final class TaskLog {
    private TaskLog() {}

    /** Logs about a claimed task. */
    public static void about(Claim claim, Runnable line) {
        about(claim.key().runId(), claim.groupId(), line);
    }

    /** Logs about a group of a run. */
    public static void about(String runId, String groupId, Runnable line) {
        about(runId, () -> with("group_id", groupId, done(line)));
    }

    /** Logs about a run. */
    public static void about(String runId, Runnable line) {
        with("run_id", runId, done(line));
    }

    /** Does some work of a task, of which all lines are about it. */
    public static <T> T during(TaskCall call, Supplier<T> work) {
        return with("run_id", call.key().runId(), () -> with("group_id", call.groupId(), work));
    }

    private static Supplier<Boolean> done(Runnable line) {
        return () -> {
            line.run();
            return true;
        };
    }

    private static <T> T with(String name, String value, Supplier<T> work) {
        Object before = MDC.get(name);
        MDC.put(name, value);
        try {
            return work.get();
        } finally {
            if (before == null) {
                MDC.remove(name);
            } else {
                MDC.put(name, before);
            }
        }
    }
}
