package dev.netbase.worker.platform;

import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.testing.AotTraining;
import dev.netbase.model.topic.Topics;
import dev.netbase.worker.testing.Guests;
import dev.netbase.worker.testing.TestRuns;
import dev.netbase.worker.testing.Topic;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Has a packaged worker run a few tasks of different guests, for its AOT cache. */
final class WorkerTraining {
    private static final int TASKS = 20;

    private WorkerTraining() {}

    /** Replaces {@code app.aot}; the one argument is the folder {@code quarkus-app}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path application = Path.of(arguments[0]);
        System.setProperty(
                "netbase.test.guests", application.resolveSibling("guests").toString());
        AotTraining.train(application, WorkerTraining::runTasks);
    }

    private static void runTasks(AotTraining.Surroundings surroundings) throws IOException, InterruptedException {
        TestRuns runs = new TestRuns(surroundings.database());
        Guests guests = new Guests(surroundings.database(), surroundings.modules());
        for (String guest : List.of("echo", "cat", "trap")) {
            TaskGroup group = runs.group(runs.run(), TASKS, guests.publish(guest, "{}"));
            try (Topic groups = new Topic(surroundings.broker(), Topics.TASK_GROUPS)) {
                groups.send(group.groupId(), group);
            }
            AotTraining.until("tasks have ended", () -> haveEnded(group, runs));
        }
    }

    private static boolean haveEnded(TaskGroup group, TestRuns runs) {
        return TestRuns.ids(group).stream()
                .allMatch(id -> runs.column(id, "finished_at is not null").equals("t"));
    }
}
