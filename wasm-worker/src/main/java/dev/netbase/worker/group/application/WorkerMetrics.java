package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.TaskResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;

/** What operators can see of group execution. */
@Singleton
public class WorkerMetrics {
    private final MeterRegistry registry;
    private final Counter claimed;
    private final Counter refused;
    private final Counter fenced;
    private final Counter eventsFailed;
    private final DistributionSummary claimBatch;
    private final DistributionSummary resultBatch;
    private final Timer execution;
    private final Timer groupWait;
    private final Timer queue;
    private final Counter leasesLost;
    private final Counter deadLetters;

    public WorkerMetrics(MeterRegistry registry, TasksInHand inHand) {
        this.registry = registry;
        Gauge.builder("netbase.worker.tasks.in.hand", inHand, TasksInHand::count)
                .description("Tasks claimed and not yet reported")
                .register(registry);
        claimed = Counter.builder("netbase.worker.tasks.claimed").register(registry);
        refused = Counter.builder("netbase.worker.tasks.refused")
                .description("Tasks of records that were not to be claimed: done, taken, or cancelled")
                .register(registry);
        fenced = Counter.builder("netbase.worker.results.fenced")
                .description("Results that came too late: the task is no longer this worker's")
                .register(registry);
        eventsFailed = Counter.builder("netbase.worker.events.failed")
                .description("Task events not delivered; the scheduler's sweep finds the tasks")
                .register(registry);
        claimBatch = DistributionSummary.builder("netbase.worker.claim.batch").register(registry);
        resultBatch = DistributionSummary.builder("netbase.worker.result.batch").register(registry);
        groupWait = Timer.builder("netbase.worker.group.wait").register(registry);
        queue = Timer.builder("netbase.worker.task.queue").register(registry);
        leasesLost = Counter.builder("netbase.worker.leases.lost").register(registry);
        deadLetters = Counter.builder("netbase.worker.dead.letters").register(registry);
        execution = Timer.builder("netbase.worker.task.execution")
                .description("From a task's turn to its outcome")
                .register(registry);
    }

    /** The oldest of the groups just claimed waited so long, at the broker and here. */
    public void groupWaited(Duration duration) {
        groupWait.record(duration.isNegative() ? Duration.ZERO : duration);
    }

    /** A claimed task waited so long for its turn. */
    public void queued(Duration duration) {
        queue.record(duration);
    }

    /** The lease was lost. */
    public void leaseLost() {
        leasesLost.increment();
    }

    /** A record went to the dead letters. */
    public void deadLetter() {
        deadLetters.increment();
    }

    /** One claim statement asked for {@code asked} tasks and got {@code got}. */
    public void claimed(int asked, int got) {
        claimBatch.record(asked);
        claimed.increment(got);
        refused.increment(Math.max(asked - got, 0));
    }

    /** One statement was to write {@code asked} results, of which {@code late} came too late. */
    public void wrote(int asked, int late) {
        resultBatch.record(asked);
        fenced.increment(late);
    }

    /** A task's execution ended. */
    public void executed(Duration duration) {
        execution.record(duration);
    }

    /** A task ended so. */
    public void outcome(TaskResult result) {
        TaskResult.Failure error = result.error();
        registry.counter(
                        "netbase.worker.task.outcomes",
                        "code",
                        error == null ? "COMPLETED" : error.code().name())
                .increment();
    }

    /** Events could not be delivered. */
    public void eventsFailed(int count) {
        eventsFailed.increment(count);
    }

    /** Claim statements so far. */
    public long claimStatements() {
        return claimBatch.count();
    }

    /** Results fenced off so far. */
    public double fencedCount() {
        return fenced.count();
    }
}
