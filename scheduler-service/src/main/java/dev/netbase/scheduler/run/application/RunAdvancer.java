package dev.netbase.scheduler.run.application;

import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.expression.ExpressionException;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.scheduler.dispatch.AdvanceWriter;
import dev.netbase.scheduler.platform.SchedulerConfig;
import dev.netbase.scheduler.platform.SequenceIds;
import dev.netbase.scheduler.run.adapter.RunStore;
import dev.netbase.scheduler.run.domain.Decider;
import dev.netbase.scheduler.run.domain.NodePlan;
import dev.netbase.scheduler.run.domain.RunChange;
import dev.netbase.scheduler.run.domain.RunEvent;
import dev.netbase.scheduler.run.domain.TaskFailure;
import dev.netbase.scheduler.run.domain.Transition;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Advances runs: reads the states it does not have, lets the domain decide, and has the decisions of all runs written
 * at once. A run that another scheduler advanced meanwhile is read again and decided again. For the scheduler's thread
 * alone.
 */
@ApplicationScoped
public class RunAdvancer {
    private static final int MAX_ROUNDS = 20;
    private final RunCache cache;
    private final RunStore store;
    private final Specs specs;
    private final AdvanceWriter writer;
    private final RetryTimers timers;
    private final SequenceIds taskIds;
    private final Decider decider;
    private final Counter retries;

    public RunAdvancer(
            RunCache cache,
            RunStore store,
            Specs specs,
            AdvanceWriter writer,
            RetryTimers timers,
            SequenceIds taskIds,
            ValueReferences values,
            SchedulerConfig config,
            MeterRegistry metrics) {
        this.retries = metrics.counter("netbase.scheduler.retries");
        this.cache = cache;
        this.store = store;
        this.specs = specs;
        this.writer = writer;
        this.timers = timers;
        this.taskIds = taskIds;
        this.decider = new Decider(value -> resolve(values, value), new Decider.Limits(config.maxElements()));
    }

    private static @Nullable Object resolve(ValueReferences values, @Nullable Object value) {
        try {
            return values.resolve(value);
        } catch (IOException e) {
            throw new ExpressionException(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Lets these things happen to these runs, and all that follows from them. When it returns, it is written. Events of
     * runs that have ended, or are not there, are passed over.
     *
     * @throws RuntimeException if it could not be written; then the states it touched are forgotten, and the same may be
     *     tried again
     */
    public void process(Map<String, List<RunEvent>> events, Instant now) {
        Map<String, List<RunEvent>> open = new LinkedHashMap<>(events);
        try {
            for (int round = 0; !open.isEmpty(); round++) {
                if (round == MAX_ROUNDS) {
                    throw new IllegalStateException("runs kept changing under this scheduler: " + open.keySet());
                }
                open = round(open, now);
            }
        } catch (RuntimeException e) {
            cache.removeAll(events.keySet());
            throw e;
        }
    }

    private Map<String, List<RunEvent>> round(Map<String, List<RunEvent>> open, Instant now) {
        Map<String, List<RunEvent>> events = new LinkedHashMap<>(open);
        Map<String, ActiveRun> runs = states(events);
        Map<String, Optional<Map<String, NodePlan>>> plans = plansOfPending(runs.values().stream()
                .filter(run -> run.state().status() == RunStatus.PENDING)
                .toList());
        List<AdvanceWriter.Advance> advances = new ArrayList<>();
        runs.forEach((id, run) -> {
            ActiveRun before = run;
            Transition transition;
            Optional<Map<String, NodePlan>> plan = plans.get(id);
            if (plan != null && plan.isEmpty()) {
                transition = before.state().refused(noSuchAgent());
            } else {
                List<RunEvent> happened = events.getOrDefault(id, List.of());
                if (plan != null) {
                    before = run.with(run.state().planned(plan.get()));
                    happened = startingFirst(happened);
                }
                transition = decider.decide(before.state(), happened, now, taskIds);
            }
            setTimers(id, transition);
            if (transition.mustBeWritten()) {
                advances.add(new AdvanceWriter.Advance(before, transition));
            } else {
                cache.put(before.with(transition.next()));
            }
        });
        return advances.isEmpty() ? Map.of() : write(advances, events, now);
    }

    private static TaskFailure noSuchAgent() {
        return new TaskFailure(TaskErrorCode.MODULE_NOT_FOUND, "an agent that the definition names is no longer there");
    }

    private static List<RunEvent> startingFirst(List<RunEvent> events) {
        List<RunEvent> starting = new ArrayList<>();
        starting.add(new RunEvent.Start());
        starting.addAll(events);
        return starting;
    }

    private Map<String, ActiveRun> states(Map<String, List<RunEvent>> events) {
        Map<String, ActiveRun> runs = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        for (String id : events.keySet()) {
            cache.get(id).ifPresentOrElse(run -> runs.put(id, run), () -> missing.add(id));
        }
        if (!missing.isEmpty()) {
            store.loadUnfinished(missing).forEach((id, run) -> {
                runs.put(id, run);
                List<RunEvent> resumed = new ArrayList<>();
                resumed.add(new RunEvent.Resumed());
                resumed.addAll(events.getOrDefault(id, List.of()));
                events.put(id, resumed);
            });
        }
        return runs;
    }

    private Map<String, Optional<Map<String, NodePlan>>> plansOfPending(List<ActiveRun> pending) {
        if (pending.isEmpty()) {
            return Map.of();
        }
        List<WorkflowDefinition> definitions =
                pending.stream().map(run -> run.state().definition()).toList();
        Set<String> names = definitions.stream()
                .flatMap(definition -> definition.nodes().stream())
                .map(node -> node.agent())
                .collect(Collectors.toSet());
        List<Optional<Map<String, NodePlan>>> plans = specs.plan(definitions, specs.agents(names));
        Map<String, Optional<Map<String, NodePlan>>> byRun = new LinkedHashMap<>();
        for (int i = 0; i < pending.size(); i++) {
            byRun.put(pending.get(i).id(), plans.get(i));
        }
        return byRun;
    }

    private void setTimers(String runId, Transition transition) {
        for (RunChange change : transition.changes()) {
            if (change instanceof RunChange.RetryScheduled(long taskId, Instant at)) {
                retries.increment();
                timers.set(new RetryTimers.Timer(at, runId, taskId));
            }
        }
    }

    private Map<String, List<RunEvent>> write(
            List<AdvanceWriter.Advance> advances, Map<String, List<RunEvent>> events, Instant now) {
        AdvanceWriter.Outcome outcome = writer.write(advances, now);
        Map<String, List<RunEvent>> again = new LinkedHashMap<>();
        for (AdvanceWriter.Advance advance : advances) {
            String id = advance.before().id();
            ActiveRun advanced = outcome.advanced().get(id);
            if (advanced == null) {
                cache.remove(id);
                again.put(id, new ArrayList<>(events.getOrDefault(id, List.of())));
            } else if (outcome.uncertain().contains(id)) {
                cache.remove(id);
            } else {
                cache.put(advanced);
            }
        }
        outcome.withdrawn().forEach((id, tasks) -> {
            TaskFailure failure = new TaskFailure(TaskErrorCode.CANCELLED, "the run was cancelled");
            List<RunEvent> cancelled = again.computeIfAbsent(id, any -> new ArrayList<>());
            tasks.forEach(task -> cancelled.add(new RunEvent.TaskFailed(task.taskId(), task.attempt(), failure)));
        });
        return again;
    }
}
