package dev.netbase.scheduler.run.domain;

import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.expression.Budget;
import dev.netbase.model.expression.Scope;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What expressions see of a run, for one element of a {@code for_each} or outside of one. */
record RunScope(
        @Nullable Object inputs,
        Function<String, NodeProgress> progress,
        ValueResolver resolver,
        @Nullable Object item,
        long index,
        Budget budget)
        implements Scope {

    /** How many tasks the run has. */
    int tasks(WorkflowDefinition definition) {
        return definition.nodes().stream()
                .mapToInt(node -> progress.apply(node.key()).tasks().size())
                .sum();
    }

    /** The same for something else, with a budget of its own. */
    RunScope again() {
        return new RunScope(inputs, progress, resolver, item, index, new Budget());
    }

    RunScope forElement(@Nullable Object element, int place) {
        return new RunScope(inputs, progress, resolver, element, place, new Budget());
    }

    @Override
    public @Nullable Object output(String node) {
        return progress.apply(node).output();
    }

    @Override
    public List<?> artifacts(String node) {
        return resolve(progress.apply(node).artifacts()) instanceof List<?> list ? list : List.of();
    }

    @Override
    public @Nullable Object resolve(@Nullable Object value) {
        return resolver.resolve(value);
    }
}
