package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskResult;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** What operators can see of group execution. */
@Singleton
public class WorkerMetrics {
    private final MeterRegistry registry;
    private final Counter claimed;
    private final Counter refused;
    private final Counter fenced;
    private final Counter hinted;
    private final Counter begunAhead;
    private final Counter eventsFailed;
    private final DistributionSummary claimBatch;
    private final DistributionSummary resultBatch;
    private final Timer execution;
    private final Timer queued;
    private final Timer loading;
    private final Timer instantiating;
    private final Timer running;
    private final DistributionSummary fuel;
    private final DistributionSummary peakMemory;
    private final DistributionSummary inputBytes;
    private final DistributionSummary outputBytes;
    private final DistributionSummary workspaceBytes;
    private final Timer groupWait;
    private final Timer queue;
    private final AtomicInteger pausedPartitions = new AtomicInteger();
    private final Counter leasesLost;
    private final Counter deadLetters;

    public WorkerMetrics(MeterRegistry registry, TasksInHand inHand) {
        this.registry = registry;
        Gauge.builder("netbase.worker.tasks.in.hand", inHand, TasksInHand::count)
                .description("Tasks claimed and not yet reported")
                .register(registry);
        Gauge.builder("netbase.worker.partitions.paused", pausedPartitions, AtomicInteger::get)
                .description("Partitions from which nothing is fetched now, because there is no room")
                .register(registry);
        claimed = Counter.builder("netbase.worker.tasks.claimed").register(registry);
        refused = Counter.builder("netbase.worker.tasks.refused")
                .description("Tasks of records that were not to be claimed: done, taken, or cancelled")
                .register(registry);
        hinted = Counter.builder("netbase.worker.results.hinted")
                .description("Results that the scheduler was asked to write together with what follows")
                .register(registry);
        begunAhead = Counter.builder("netbase.worker.groups.ahead")
                .description("Groups that began before their records came")
                .register(registry);
        fenced = Counter.builder("netbase.worker.results.fenced")
                .description("Results that came too late: the task is no longer this worker's")
                .register(registry);
        eventsFailed = Counter.builder("netbase.worker.events.failed")
                .description("Task events not delivered; the scheduler's sweep finds the tasks")
                .register(registry);
        claimBatch = DistributionSummary.builder("netbase.worker.claim.batch").register(registry);
        resultBatch = DistributionSummary.builder("netbase.worker.result.batch").register(registry);
        queued = timer("queued", "From being queued by the scheduler to being executed");
        loading = timer("loading", "Making code and files ready");
        instantiating = timer("instantiating", "Making an instance of the code");
        running = timer("running", "From the instance to the end");
        fuel = summary("fuel", "Units of fuel used");
        peakMemory = summary("peak.memory.bytes", "Most linear memory of a task");
        inputBytes = summary("input.bytes", "Input of a task");
        outputBytes = summary("output.bytes", "Output of a task as it was written");
        workspaceBytes = summary("workspace.bytes", "Files in a task's workspace at its end");
        groupWait = Timer.builder("netbase.worker.group.wait").register(registry);
        queue = Timer.builder("netbase.worker.task.queue").register(registry);
        leasesLost = Counter.builder("netbase.worker.leases.lost").register(registry);
        deadLetters = Counter.builder("netbase.worker.dead.letters").register(registry);
        execution = Timer.builder("netbase.worker.task.execution")
                .description("From a task's turn to its outcome")
                .register(registry);
    }

    private Timer timer(String name, String description) {
        return Timer.builder("netbase.worker.task." + name)
                .description(description)
                .register(registry);
    }

    private DistributionSummary summary(String name, String description) {
        return DistributionSummary.builder("netbase.worker.task." + name)
                .description(description)
                .register(registry);
    }

    /** Shows how the queue stands. */
    void turns(FairQueue turns) {
        Gauge.builder("netbase.worker.tasks.waiting", turns, FairQueue::waiting)
                .description("Tasks in hand whose turn has not come")
                .register(registry);
        Gauge.builder("netbase.worker.tasks.running", turns, FairQueue::running)
                .description("Tasks that run")
                .register(registry);
        Gauge.builder("netbase.worker.memory.reserved.bytes", turns, FairQueue::memoryBytes)
                .description("Memory limits of the tasks that run, together")
                .register(registry);
        Gauge.builder("netbase.worker.inputs.reserved.bytes", turns, FairQueue::inputBytes)
                .description("Inputs of the tasks that run, together")
                .register(registry);
    }

    /** The oldest of the groups just claimed waited so long, at the broker and here. */
    public void groupWaited(Duration duration) {
        groupWait.record(duration.isNegative() ? Duration.ZERO : duration);
    }

    /** From so many partitions nothing is fetched for now. */
    public void paused(int partitions) {
        pausedPartitions.set(partitions);
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
        TaskOutcome.Usage usage = result.usage();
        TaskResult.Accounts accounts = result.accounts();
        queued.record(accounts.queuedMicros(), TimeUnit.MICROSECONDS);
        loading.record(usage.loadingMicros(), TimeUnit.MICROSECONDS);
        instantiating.record(usage.instantiatingMicros(), TimeUnit.MICROSECONDS);
        running.record(usage.runningMicros(), TimeUnit.MICROSECONDS);
        fuel.record(usage.fuel());
        peakMemory.record(usage.peakMemoryBytes());
        inputBytes.record(accounts.inputBytes());
        outputBytes.record(accounts.outputBytes());
        workspaceBytes.record(usage.workspaceBytes());
    }

    /** Events could not be delivered. */
    public void eventsFailed(int count) {
        eventsFailed.increment(count);
    }

    /** Claim statements so far. */
    public long claimStatements() {
        return claimBatch.count();
    }

    void hinted() {
        hinted.increment();
    }

    void begunAhead() {
        begunAhead.increment();
    }

    /** Results fenced off so far. */
    public double fencedCount() {
        return fenced.count();
    }
}
