package dev.netbase.scheduler.platform;

import dev.netbase.model.topic.Topics;
import org.jboss.logging.MDC;

/** Puts the ids of what a log line is about into fields of their own: {@code run_id} and {@code group_id}. */
public final class RunLog {
    private RunLog() {}

    /** Logs about a run. */
    public static void about(String runId, Runnable line) {
        with("run_id", runId, line);
    }

    /** Logs about a group of a run. */
    public static void about(String runId, String groupId, Runnable line) {
        about(runId, () -> with("group_id", groupId, line));
    }

    /** Logs about whatever a record of Netbase's own is keyed by. */
    public static void aboutRecord(String topic, String key, Runnable line) {
        with(Topics.hasTaskGroups(topic) ? "group_id" : "run_id", key, line);
    }

    private static void with(String name, String value, Runnable line) {
        MDC.put(name, value);
        try {
            line.run();
        } finally {
            MDC.remove(name);
        }
    }
}
