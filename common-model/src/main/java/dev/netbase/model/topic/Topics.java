package dev.netbase.model.topic;

import java.util.List;

/** The Kafka topics. Names are public API, except where marked internal. */
public final class Topics {
    /** Other systems ask the scheduler to start runs. */
    public static final String WORKFLOW_TRIGGERS = "netbase.workflow.triggers";
    /** Scheduler to worker: task groups, keyed by group. */
    public static final String TASK_GROUPS = "netbase.task.groups";
    /** Internal: the same for runs with a priority above 0, so that no backlog of others lies before them. */
    public static final String URGENT_TASK_GROUPS = "netbase.task.groups.urgent";
    /** Worker to scheduler: how tasks ended, keyed by run. */
    public static final String TASK_EVENTS = "netbase.task.events";
    /** Scheduler to every worker: cancellations. */
    public static final String TASK_CONTROL = "netbase.task.control";
    /** Scheduler to other systems: run life cycle as CloudEvents. */
    public static final String WORKFLOW_EVENTS = "netbase.workflow.events";
    /** Records nobody could read, with the reason. */
    public static final String DEAD_LETTERS = "netbase.dead-letters";
    /** Internal: asset-api tells the scheduler of a run row it has written. Only a hint; the row is the truth. */
    public static final String RUN_REQUESTS = "netbase.run.requests";

    /** The consumer group whose members share {@link #TASK_GROUPS} and {@link #URGENT_TASK_GROUPS}. */
    public static final String WORKERS = "netbase-workers";

    /** A topic as it is to be created. */
    public record Shape(String name, int partitions) {}

    private Topics() {}

    /** Where task groups of runs with this priority go. */
    public static String taskGroups(int priority) {
        return priority > 0 ? URGENT_TASK_GROUPS : TASK_GROUPS;
    }

    /** Whether the records of this topic are task groups. */
    public static boolean hasTaskGroups(String topic) {
        return topic.equals(TASK_GROUPS) || topic.equals(URGENT_TASK_GROUPS);
    }

    /**
     * Every topic with its partitions. Each partition costs its readers and the broker something at every step, so they
     * are no more than needed.
     *
     * @param readers how many schedulers, or workers, are to share the work; at least 1
     */
    public static List<Shape> all(int readers) {
        return List.of(
                new Shape(WORKFLOW_TRIGGERS, readers),
                new Shape(TASK_GROUPS, readers),
                new Shape(URGENT_TASK_GROUPS, readers),
                new Shape(TASK_EVENTS, readers),
                new Shape(TASK_CONTROL, 1),
                new Shape(WORKFLOW_EVENTS, readers),
                new Shape(DEAD_LETTERS, 1),
                new Shape(RUN_REQUESTS, readers));
    }
}
