package dev.netbase.scheduler.run.application;

import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.expression.Budget;
import dev.netbase.model.expression.ExpressionException;
import dev.netbase.scheduler.platform.SchedulerConfig;
import dev.netbase.scheduler.run.domain.Decider;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Makes the domain's {@link Decider} with the configured limits and the artifact store's values. */
final class Deciders {
    private Deciders() {}

    @Produces
    @Singleton
    static Decider decider(ValueReferences values, SchedulerConfig config) {
        return new Decider(
                value -> resolve(values, value),
                new Decider.Limits(
                        config.maxElements(),
                        config.maxRunTasks(),
                        config.maxNodeInputs().asLongValue(),
                        config.maxDepth()));
    }

    /** @throws ExpressionException if a value that it refers to cannot be read */
    static @Nullable Object resolve(ValueReferences values, @Nullable Object value) {
        try {
            return values.resolve(value, Budget.BYTES);
        } catch (IOException e) {
            throw new ExpressionException(String.valueOf(e.getMessage()));
        }
    }
}
