package dev.netbase.scheduler.run.application;

import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.expression.ExpressionException;
import dev.netbase.model.json.Json;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.schema.InputSchema;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.scheduler.dispatch.AdvanceWriter;
import dev.netbase.scheduler.platform.SequenceIds;
import dev.netbase.scheduler.run.domain.Decider;
import dev.netbase.scheduler.run.domain.NodePlan;
import dev.netbase.scheduler.run.domain.RunChange;
import dev.netbase.scheduler.run.domain.RunEvent;
import dev.netbase.scheduler.run.domain.Stop;
import dev.netbase.scheduler.run.domain.TaskFailure;
import dev.netbase.scheduler.run.domain.Transition;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final RunStates states;
    private final StartPlans startPlans;
    private final SubWorkflows subWorkflows;
    private final AdvanceWriter writer;
    private final RunTimers timers;
    private final SequenceIds taskIds;
    private final ValueReferences values;
    private final Decider decider;
    private final Counter retries;

    public RunAdvancer(
            RunCache cache,
            RunStates states,
            StartPlans startPlans,
            SubWorkflows subWorkflows,
            AdvanceWriter writer,
            RunTimers timers,
            SequenceIds taskIds,
            ValueReferences values,
            Decider decider,
            MeterRegistry metrics) {
        this.retries = metrics.counter("netbase.scheduler.retries");
        this.cache = cache;
        this.states = states;
        this.startPlans = startPlans;
        this.subWorkflows = subWorkflows;
        this.writer = writer;
        this.timers = timers;
        this.taskIds = taskIds;
        this.values = values;
        this.decider = decider;
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
        Map<String, List<RunEvent>> again = new LinkedHashMap<>();
        for (Map<String, List<RunEvent>> part : states.parts(open)) {
            advance(new LinkedHashMap<>(part), now, again);
        }
        return again;
    }

    /** @param again gets what must be decided once more, added to what is there for a run already */
    private void advance(Map<String, List<RunEvent>> events, Instant now, Map<String, List<RunEvent>> again) {
        Map<String, ActiveRun> runs = states.of(events);
        Map<String, Optional<Map<String, NodePlan>>> plans = startPlans.of(runs.values().stream()
                .filter(run -> run.state().status() == RunStatus.PENDING)
                .toList());
        List<AdvanceWriter.Advance> advances = new ArrayList<>();
        long bytes = 0;
        for (ActiveRun run : runs.values()) {
            AdvanceWriter.Advance advance =
                    decide(run, plans.get(run.id()), events.getOrDefault(run.id(), List.of()), now);
            setTimers(run.id(), advance.transition());
            if (!advance.transition().mustBeWritten()) {
                cache.put(advance.before().with(advance.transition().next()));
                continue;
            }
            advances.add(advance);
            bytes += advance.transition().bytes();
            if (bytes > states.maxBytes()) {
                write(advances, events, now, again);
                advances = new ArrayList<>();
                bytes = 0;
            }
        }
        if (!advances.isEmpty()) {
            write(advances, events, now, again);
        }
    }

    /** @param plan what is fixed for the nodes of a run that is to start, empty if it cannot; null for one that has started */
    private AdvanceWriter.Advance decide(
            ActiveRun run, @Nullable Optional<Map<String, NodePlan>> plan, List<RunEvent> happened, Instant now) {
        if (plan == null) {
            return new AdvanceWriter.Advance(run, decider.decide(run.state(), happened, now, taskIds));
        }
        if (run.state().stop() == Stop.NONE) {
            Optional<TaskFailure> refusal = plan.isEmpty() ? Optional.of(notThere()) : invalidInputs(run);
            if (refusal.isPresent()) {
                return new AdvanceWriter.Advance(run, run.state().refused(refusal.get()));
            }
        }
        ActiveRun planned = run.with(run.state().planned(plan.orElse(Map.of())));
        return new AdvanceWriter.Advance(
                planned, decider.decide(planned.state(), startingFirst(happened), now, taskIds));
    }

    /** What is wrong with the inputs of a sub-workflow's run; those of others were checked where they came in. */
    private Optional<TaskFailure> invalidInputs(ActiveRun run) {
        Optional<InputSchema> schema = run.state().definition().start().inputSchema();
        if (run.state().facts().parent() == null || schema.isEmpty()) {
            return Optional.empty();
        }
        try {
            Map<String, @Nullable Object> inputs =
                    Deciders.resolve(values, run.state().inputs()) instanceof Map<?, ?> object
                            ? Json.asObject(object)
                            : Map.of();
            return schema.get().check(inputs).stream()
                    .findFirst()
                    .map(problem -> new TaskFailure(
                            TaskErrorCode.INVALID_EXPRESSION,
                            "the inputs are not what input_schema asks for: " + problem.field() + " "
                                    + problem.message()));
        } catch (ExpressionException e) {
            return Optional.of(new TaskFailure(TaskErrorCode.INPUT_UNAVAILABLE, String.valueOf(e.getMessage())));
        }
    }

    private static TaskFailure notThere() {
        return new TaskFailure(
                TaskErrorCode.MODULE_NOT_FOUND, "an agent or a workflow that the definition names is no longer there");
    }

    private static List<RunEvent> startingFirst(List<RunEvent> events) {
        List<RunEvent> starting = new ArrayList<>();
        starting.add(new RunEvent.Start());
        starting.addAll(events);
        return starting;
    }

    private void setTimers(String runId, Transition transition) {
        for (RunChange change : transition.changes()) {
            switch (change) {
                case RunChange.RetryScheduled(long taskId, int attempt, Instant at) -> {
                    retries.increment();
                    timers.set(new RunTimers.Timer(at, runId, new RunEvent.RetryDue(taskId)));
                }
                case RunChange.Awaited(Instant at, RunEvent event) -> timers.set(new RunTimers.Timer(at, runId, event));
                case RunChange.RunEnded ended -> timers.forget(runId);
                case RunChange.RunStarted any -> {}
                case RunChange.NodeDispatched any -> {}
                case RunChange.NodeEndedWithoutTasks any -> {}
                case RunChange.NodeStopped any -> {}
                case RunChange.TaskRedispatched any -> {}
                case RunChange.StopAnnounced any -> {}
                case RunChange.LostTaskCancelled any -> {}
                case RunChange.TaskGivenUp any -> {}
            }
        }
    }

    /** What is to stop below the runs that advanced. */
    private static List<SubWorkflows.Stopped> stopped(
            List<AdvanceWriter.Advance> advances, AdvanceWriter.Outcome outcome) {
        List<SubWorkflows.Stopped> stopped = new ArrayList<>();
        for (AdvanceWriter.Advance advance : advances) {
            String id = advance.before().id();
            Map<String, NodePlan> plans = advance.before().state().plans();
            if (!outcome.advanced().containsKey(id)) {
                continue;
            }
            for (RunChange change : advance.transition().changes()) {
                if (change instanceof RunChange.StopAnnounced) {
                    if (plans.values().stream().anyMatch(NodePlan.SubWorkflow.class::isInstance)) {
                        stopped.add(new SubWorkflows.Stopped(id, Optional.empty()));
                    }
                } else if (change instanceof RunChange.NodeStopped(String node)
                        && plans.get(node) instanceof NodePlan.SubWorkflow) {
                    stopped.add(new SubWorkflows.Stopped(id, Optional.of(node)));
                }
            }
        }
        return stopped;
    }

    private void write(
            List<AdvanceWriter.Advance> advances,
            Map<String, List<RunEvent>> events,
            Instant now,
            Map<String, List<RunEvent>> again) {
        AdvanceWriter.Outcome outcome = writer.write(advances, now);
        for (AdvanceWriter.Advance advance : advances) {
            String id = advance.before().id();
            ActiveRun advanced = outcome.advanced().get(id);
            if (advanced == null) {
                cache.remove(id);
                again.computeIfAbsent(id, any -> new ArrayList<>()).addAll(events.getOrDefault(id, List.of()));
            } else if (outcome.uncertain().contains(id)) {
                cache.remove(id);
            } else {
                cache.put(advanced);
            }
        }
        outcome.withdrawn().forEach((id, tasks) -> {
            TaskFailure failure = new TaskFailure(TaskErrorCode.CANCELLED, "stopped before it began");
            List<RunEvent> cancelled = again.computeIfAbsent(id, any -> new ArrayList<>());
            tasks.forEach(task -> cancelled.add(new RunEvent.TaskFailed(task.taskId(), task.attempt(), failure)));
        });
        subWorkflows.stop(stopped(advances, outcome)).forEach(id -> {
            cache.remove(id);
            again.computeIfAbsent(id, any -> new ArrayList<>()).add(new RunEvent.Resumed());
        });
    }
}
