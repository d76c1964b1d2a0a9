package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.Claim;
import org.jboss.logging.MDC;

/** Puts the ids of what a log line is about into fields of their own: {@code run_id} and {@code group_id}. */
public final class TaskLog {
    private TaskLog() {}

    /** Logs about a claimed task. */
    public static void about(Claim claim, Runnable line) {
        about(claim.key().runId(), claim.groupId(), line);
    }

    /** Logs about a group of a run. */
    public static void about(String runId, String groupId, Runnable line) {
        MDC.put("group_id", groupId);
        try {
            about(runId, line);
        } finally {
            MDC.remove("group_id");
        }
    }

    /** Logs about a run. */
    public static void about(String runId, Runnable line) {
        MDC.put("run_id", runId);
        try {
            line.run();
        } finally {
            MDC.remove("run_id");
        }
    }
}
