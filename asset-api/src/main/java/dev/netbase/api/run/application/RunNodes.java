package dev.netbase.api.run.application;

import dev.netbase.api.run.application.NodeRows.Counted;
import dev.netbase.api.run.application.NodeRows.Decided;
import dev.netbase.api.run.domain.NodeLine;
import dev.netbase.api.workflow.application.CompiledDefinitions;
import dev.netbase.model.definition.ElementFailurePolicy;
import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A run node by node. */
@ApplicationScoped
public class RunNodes {
    private final RunRepository repository;
    private final CompiledDefinitions definitions;

    RunNodes(RunRepository repository, CompiledDefinitions definitions) {
        this.repository = repository;
        this.definitions = definitions;
    }

    /** A line per node in the order of the definition. Fails with {@code run-not-found}. */
    public Uni<List<NodeLine>> of(String runId) {
        return repository
                .nodes(runId)
                .map(found -> found.orElseThrow(() -> Runs.notFound(runId)))
                .flatMap(rows ->
                        definitions.get(rows.workflowId(), rows.version()).map(definition -> lines(definition, rows)));
    }

    static List<NodeLine> lines(WorkflowDefinition definition, NodeRows rows) {
        return definition.nodes().stream().map(node -> line(node, rows)).toList();
    }

    private static NodeLine line(NodeDefinition node, NodeRows rows) {
        Decided decided = rows.decided().get(node.key());
        List<Counted> tasks = rows.tasks().getOrDefault(node.key(), List.of());
        Map<TaskStatus, Long> counts = new EnumMap<>(TaskStatus.class);
        tasks.forEach(some -> counts.merge(some.status(), some.count(), Long::sum));
        TaskStatus status = status(node, decided, tasks, rows.runEnded());
        return new NodeLine(
                node.key(),
                status,
                counts,
                decided == null ? null : decided.error(),
                decided == null ? null : decided.at(),
                tasks.stream()
                        .map(Counted::firstStarted)
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder())
                        .orElse(null),
                status.isTerminal() && decided != null ? lastEnd(decided, tasks) : null);
    }

    private static TaskStatus status(
            NodeDefinition node, @Nullable Decided decided, List<Counted> tasks, boolean runEnded) {
        if (decided == null) {
            return runEnded ? TaskStatus.CANCELLED : TaskStatus.PENDING;
        }
        if (decided.status() != null) {
            return decided.status();
        }
        if (has(tasks, some -> !some.status().isTerminal()) || (!runEnded && has(tasks, some -> retries(node, some)))) {
            return TaskStatus.RUNNING;
        }
        if (node.onElementFailure() != ElementFailurePolicy.CONTINUE
                && has(tasks, some -> some.status() == TaskStatus.FAILED)) {
            return TaskStatus.FAILED;
        }
        return has(tasks, some -> some.status() == TaskStatus.CANCELLED) ? TaskStatus.CANCELLED : TaskStatus.COMPLETED;
    }

    private static boolean has(List<Counted> tasks, Function<Counted, Boolean> what) {
        return tasks.stream().anyMatch(what::apply);
    }

    private static boolean retries(NodeDefinition node, Counted some) {
        return some.status() == TaskStatus.FAILED
                && some.errorCode() != null
                && node.retry().allows(some.failures(), TaskErrorCode.valueOf(some.errorCode()));
    }

    private static OffsetDateTime lastEnd(Decided decided, List<Counted> tasks) {
        return tasks.stream()
                .map(Counted::lastFinished)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(decided.at());
    }
}
