package dev.netbase.scheduler.run.application;

import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.message.TaskHint;
import dev.netbase.scheduler.dispatch.AdvanceWriter;
import dev.netbase.scheduler.platform.HintChannel;
import dev.netbase.scheduler.platform.SequenceIds;
import dev.netbase.scheduler.run.domain.Decider;
import dev.netbase.scheduler.run.domain.NodePlan;
import dev.netbase.scheduler.run.domain.RunChange;
import dev.netbase.scheduler.run.domain.RunEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Writes outcomes that workers have handed over instead of writing them, in one transaction with what follows from them. A
 * lone chain so costs one transaction a task and not two, of which each waits for the other. It does so where that is
 * simple: for runs whose state is in memory, and advances without sub-workflows. Nothing is lost with a hint, for the
 * worker writes what it does not find written. For the scheduler's thread alone.
 */
@Startup
@ApplicationScoped
public class HintedOutcomes {
    private final HintChannel channel;
    private final RunCache cache;
    private final Decider decider;
    private final SequenceIds taskIds;
    private final AdvanceWriter writer;
    private final Counter taken;
    private final Counter left;

    public HintedOutcomes(
            HintChannel channel,
            RunCache cache,
            Decider decider,
            SequenceIds taskIds,
            AdvanceWriter writer,
            MeterRegistry metrics) {
        this.channel = channel;
        this.cache = cache;
        this.decider = decider;
        this.taskIds = taskIds;
        this.writer = writer;
        this.taken = metrics.counter("netbase.scheduler.hints.taken");
        this.left = metrics.counter("netbase.scheduler.hints.left");
    }

    /** Whether there is something to write. */
    public boolean areWaiting() {
        return !channel.isEmpty();
    }

    /**
     * Writes what can be written of what has come, and leaves the rest as if it had not been told.
     *
     * @param records how many records the same turn has brought
     * @return when the oldest came, in milliseconds since 1970; empty if none did
     * @throws RuntimeException if it is not known what was written; then the runs' states are forgotten
     */
    public OptionalLong write(int records, Instant now) {
        List<HintChannel.Arrived> arrived = channel.take();
        if (arrived.isEmpty()) {
            return OptionalLong.empty();
        }
        int written = records + arrived.size() > HintChannel.MOST_AT_ONCE ? 0 : write(arrived, now);
        taken.increment(written);
        left.increment(arrived.size() - written);
        return OptionalLong.of(arrived.getFirst().millis());
    }

    private int write(Collection<HintChannel.Arrived> arrived, Instant now) {
        Map<String, TaskHint> oneOfEachRun = new LinkedHashMap<>();
        arrived.forEach(one -> oneOfEachRun.putIfAbsent(one.hint().runId(), one.hint()));
        List<AdvanceWriter.Hinted> hinted = new ArrayList<>();
        oneOfEachRun.values().forEach(hint -> advance(hint, now).ifPresent(hinted::add));
        return hinted.isEmpty() ? 0 : writeAdvances(hinted, now);
    }

    private int writeAdvances(List<AdvanceWriter.Hinted> hinted, Instant now) {
        try {
            Map<String, ActiveRun> advanced = writer.writeHinted(hinted, now).advanced();
            advanced.values().forEach(cache::put);
            return advanced.size();
        } catch (RuntimeException e) {
            hinted.forEach(one -> cache.remove(one.advance().before().id()));
            throw e;
        }
    }

    private Optional<AdvanceWriter.Hinted> advance(TaskHint hint, Instant now) {
        return cache.get(hint.runId())
                .flatMap(run -> completed(hint)
                        .map(event -> decider.decide(run.state(), List.of(event), now, taskIds))
                        .map(transition -> new AdvanceWriter.Advance(run, transition)))
                .filter(advance -> advance.transition().mustBeWritten() && isPlain(advance))
                .map(advance -> new AdvanceWriter.Hinted(advance, hint));
    }

    private static Optional<RunEvent> completed(TaskHint hint) {
        try {
            return Optional.of(
                    new RunEvent.TaskCompleted(hint.taskInstanceId(), hint.attempt(), Json.parse(hint.output())));
        } catch (JsonException e) {
            return Optional.empty();
        }
    }

    private static boolean isPlain(AdvanceWriter.Advance advance) {
        ActiveRun run = advance.before();
        return advance.transition().changes().stream().allMatch(change -> switch (change) {
            case RunChange.NodeDispatched dispatched ->
                run.state().plans().get(dispatched.node()) instanceof NodePlan.Agent;
            case RunChange.NodeEndedWithoutTasks any -> true;
            case RunChange.RunEnded any -> run.state().facts().parent() == null;
            case RunChange.RunStarted any -> false;
            case RunChange.NodeStopped any -> false;
            case RunChange.TaskGivenUp any -> false;
            case RunChange.TaskRedispatched any -> false;
            case RunChange.RetryScheduled any -> false;
            case RunChange.Awaited any -> false;
            case RunChange.StopAnnounced any -> false;
            case RunChange.LostTaskCancelled any -> false;
        });
    }
}
