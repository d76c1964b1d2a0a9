package dev.netbase.scheduler.platform;

import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.testing.AotTraining;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.model.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/** Has a packaged scheduler take some runs from their triggers to their ends, for its AOT cache. */
final class SchedulerTraining {
    private static final int RUNS = 3;

    private SchedulerTraining() {}

    /** Replaces {@code app.aot}; the one argument is the folder {@code quarkus-app}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        AotTraining.train(Path.of(arguments[0]), SchedulerTraining::takeRunsToTheirEnds);
    }

    private static void takeRunsToTheirEnds(AotTraining.Surroundings surroundings) throws InterruptedException {
        TestDatabase database = surroundings.database();
        Registered registered = new Registered(database, 1);
        registered.agent(1, "any");
        registered.workflow(1, "trained", """
                {"input_schema":{"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]},
                 "nodes":[{"key":"first","agent":"any","inputs":{"n":"${inputs.n + 1}"}},
                          {"key":"second","agent":"any","depends_on":["first"],"inputs":"${nodes.first.output.n}"},
                          {"key":"each","agent":"any","depends_on":["second"],"for_each":"${[1,2]}",
                           "inputs":"${item + nodes.second.output}","retry":{"max_attempts":2,"backoff":"10ms"}},
                          {"key":"left","agent":"any","depends_on":["each"],"when":"${size(nodes.each.output) > 5}"},
                          {"key":"last","agent":"any","depends_on":["each"],"inputs":"${nodes.each.output}"}],
                 "output":"${nodes.last.output}"}""");
        try (FakeWorker worker = new FakeWorker(database, surroundings.broker().bootstrapServers())) {
            for (int n = 1; n <= RUNS; n++) {
                takeToItsEnd(n, worker, database);
            }
        }
    }

    private static void takeToItsEnd(int n, FakeWorker worker, TestDatabase database) throws InterruptedException {
        worker.send(Topics.WORKFLOW_TRIGGERS, "k", """
                {"type":"START_WORKFLOW","event_id":"%d","workflow":"trained","inputs":{"n":%d}}""".formatted(n, n));
        FakeWorker.Task first = worker.receiveWhere(
                task -> task.path("tasks").path(0).path("node").asText().equals("first"));
        hintAt(first, "{\"n\":1}", worker, database);
        complete(worker.receive(first.runId()).getFirst(), worker, database);
        List<FakeWorker.Task> each = worker.receive(first.runId());
        awaitRow(each.getLast(), database);
        worker.fail(each.getFirst(), "TRAP");
        complete(each.getLast(), worker, database);
        complete(worker.receive(first.runId()).getFirst(), worker, database);
        complete(worker.receive(first.runId()).getFirst(), worker, database);
        AotTraining.until(
                "the run is completed",
                () -> database.query("select count(*) from workflow_runs where status = 'COMPLETED'")
                        .equals(Integer.toString(n)));
    }

    /** Leaves it to the scheduler to write the outcome, if it asks for that, as it does while it has little to do. */
    private static void hintAt(FakeWorker.Task task, String output, FakeWorker worker, TestDatabase database)
            throws InterruptedException {
        awaitRow(task, database);
        String channel = task.json().path("hint_channel").asText("");
        if (channel.isEmpty()) {
            worker.complete(task, output);
        } else {
            byte[] inputs = task.json().path("inputs").toString().getBytes(StandardCharsets.UTF_8);
            worker.hint(channel, task, output, HexFormat.of().parseHex(Sha256.hex(inputs)), null);
        }
    }

    private static void complete(FakeWorker.Task task, FakeWorker worker, TestDatabase database)
            throws InterruptedException {
        awaitRow(task, database);
        worker.complete(task, "1");
    }

    /** Groups are sent while the statement that makes their rows is under way. */
    private static void awaitRow(FakeWorker.Task task, TestDatabase database) throws InterruptedException {
        AotTraining.until(
                "the task has its row",
                () -> database.query("select count(*) from task_instances where run_id = '" + task.runId()
                                + "' and id = " + task.id() + " and attempt = " + task.attempt())
                        .equals("1"));
    }
}
