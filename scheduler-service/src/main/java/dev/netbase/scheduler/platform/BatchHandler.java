package dev.netbase.scheduler.platform;

import dev.netbase.model.message.RunRequest;
import dev.netbase.model.topic.Topics;
import dev.netbase.scheduler.admission.Admission;
import dev.netbase.scheduler.dispatch.AgentGate;
import dev.netbase.scheduler.lease.LostWorkers;
import dev.netbase.scheduler.lease.OverdueRuns;
import dev.netbase.scheduler.outbox.Outbox;
import dev.netbase.scheduler.run.application.HintedOutcomes;
import dev.netbase.scheduler.run.application.RunAdvancer;
import dev.netbase.scheduler.run.application.RunCache;
import dev.netbase.scheduler.run.application.RunTimers;
import dev.netbase.scheduler.run.domain.RunEvent;
import dev.netbase.scheduler.trigger.DeadLetters;
import dev.netbase.scheduler.trigger.EventReader;
import dev.netbase.scheduler.trigger.Triggers;
import dev.netbase.scheduler.trigger.UnreadableRecordException;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;

/** Handles what one turn of the loop brought: records, timers, and what the sweep found. For the scheduler's thread alone. */
@ApplicationScoped
public class BatchHandler {
    private final Triggers triggers;
    private final Admission admission;
    private final AgentGate agentGate;
    private final RunAdvancer advancer;
    private final HintedOutcomes hintedOutcomes;
    private final RunCache cache;
    private final RunTimers timers;
    private final LostWorkers lostWorkers;
    private final OverdueRuns overdueRuns;
    private final Outbox outbox;
    private final DeadLetters deadLetters;
    private final SchedulerConfig config;
    private final DistributionSummary batchSizes;
    private final Timer latency;
    private Instant nextSweep = Instant.MIN;

    public BatchHandler(
            Triggers triggers,
            Admission admission,
            AgentGate agentGate,
            RunAdvancer advancer,
            HintedOutcomes hintedOutcomes,
            RunCache cache,
            RunTimers timers,
            LostWorkers lostWorkers,
            OverdueRuns overdueRuns,
            Outbox outbox,
            DeadLetters deadLetters,
            SchedulerConfig config,
            MeterRegistry metrics) {
        this.triggers = triggers;
        this.admission = admission;
        this.agentGate = agentGate;
        this.advancer = advancer;
        this.hintedOutcomes = hintedOutcomes;
        this.cache = cache;
        this.timers = timers;
        this.lostWorkers = lostWorkers;
        this.overdueRuns = overdueRuns;
        this.outbox = outbox;
        this.deadLetters = deadLetters;
        this.config = config;
        this.batchSizes = metrics.summary("netbase.scheduler.batch.records");
        this.latency = metrics.timer("netbase.scheduler.dispatch.latency");
    }

    /** Whether there are hints to handle. */
    boolean hasHints() {
        return hintedOutcomes.areWaiting();
    }

    /** How long the loop may wait for records. */
    public Duration patience(Instant now, Duration longest) {
        if (hasHints()) {
            return Duration.ZERO;
        }
        Duration patience = Stream.of(timers.next(), admission.nextLook(), agentGate.nextLook())
                .flatMap(Optional::stream)
                .min(Comparator.naturalOrder())
                .map(due -> Duration.between(now, due))
                .filter(wait -> wait.compareTo(longest) < 0)
                .orElse(longest);
        return patience.isNegative() ? Duration.ZERO : patience;
    }

    /**
     * Handles the records, hints and whatever else is due. When it returns, all that follows is written.
     *
     * @throws RuntimeException if it could not be; the same records may then be handled again
     */
    public void handle(ConsumerRecords<byte[], byte[]> records, Instant now) {
        Map<String, List<RunEvent>> events = new LinkedHashMap<>();
        List<ConsumerRecord<byte[], byte[]>> starts = new ArrayList<>();
        List<String> requested = new ArrayList<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            if (record.topic().equals(Topics.WORKFLOW_TRIGGERS)) {
                starts.add(record);
            } else {
                read(record, events, requested);
            }
        }
        if (!records.isEmpty()) {
            batchSizes.record(records.count());
        }
        if (!starts.isEmpty()) {
            triggers.accept(starts, now).forEach(id -> add(events, id, List.of(new RunEvent.Resumed())));
        }
        admission.arrive(requested).forEach(id -> add(events, id, List.of(new RunEvent.Resumed())));
        admission.admit(now).forEach(id -> add(events, id, List.of(new RunEvent.Resumed())));
        timers.takeDue(now).forEach(timer -> add(events, timer.runId(), List.of(timer.event())));
        if (!now.isBefore(nextSweep)) {
            sweep(events, now);
        }
        if (!events.isEmpty()) {
            advancer.process(events, now);
        }
        OptionalLong oldestHint = hintedOutcomes.write(records.count(), now);
        agentGate.letOut(now);
        deadLetters.await();
        measure(records, oldestHint);
    }

    /** How long the oldest record or hint waited, at the broker and here, until all that follows from it was written. */
    private void measure(ConsumerRecords<byte[], byte[]> records, OptionalLong oldestHint) {
        long oldest = oldestHint.orElse(Long.MAX_VALUE);
        for (ConsumerRecord<byte[], byte[]> record : records) {
            oldest = Math.min(oldest, record.timestamp());
        }
        if (oldest != Long.MAX_VALUE) {
            latency.record(Math.max(0, System.currentTimeMillis() - oldest), TimeUnit.MILLISECONDS);
        }
    }

    /** One that fails is due again with the next turn, which fails as well then: no turn passes for good without it. */
    private void sweep(Map<String, List<RunEvent>> events, Instant now) {
        lostWorkers.look(now).forEach((id, lost) -> {
            cache.remove(id);
            add(events, id, lost);
        });
        overdueRuns.look(now).forEach((id, found) -> add(events, id, found));
        admission.sweep();
        outbox.clean();
        outbox.relay();
        nextSweep = now.plus(config.sweepInterval());
    }

    private void read(
            ConsumerRecord<byte[], byte[]> record, Map<String, List<RunEvent>> events, List<String> requested) {
        try {
            if (record.topic().equals(Topics.TASK_EVENTS)) {
                EventReader.Happened happened = EventReader.taskEvent(record);
                add(events, happened.runId(), List.of(happened.event()));
                return;
            }
            RunRequest request = EventReader.runRequest(record);
            switch (request.type()) {
                case RUN_REQUESTED -> requested.add(request.runId());
                case RUN_HELD -> admission.expect();
                case CANCEL_REQUESTED -> {
                    // The run's row says it, and is the only one to be believed.
                    cache.remove(request.runId());
                    add(events, request.runId(), List.of(new RunEvent.Resumed()));
                }
            }
        } catch (UnreadableRecordException e) {
            deadLetters.add(record, String.valueOf(e.getMessage()));
        }
    }

    private static void add(Map<String, List<RunEvent>> events, String runId, List<RunEvent> more) {
        events.computeIfAbsent(runId, any -> new ArrayList<>()).addAll(more);
    }

    /** Forgets all cached states: they are read again when needed. */
    public void forget() {
        cache.clear();
    }
}
