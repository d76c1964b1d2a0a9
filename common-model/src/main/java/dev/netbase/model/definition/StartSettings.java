package dev.netbase.model.definition;

import dev.netbase.model.schema.InputSchema;
import java.util.Optional;

/**
 * What a definition says about starting its runs, and about whom to tell of their end.
 *
 * @param inputSchema what the inputs must be; empty means anything
 * @param priority {@value #MIN_PRIORITY} to {@value #MAX_PRIORITY}; higher ones start first where runs wait
 * @param maxRuns how many of the workflow's runs may be under way at once; empty means any number
 * @param onComplete told when a run has completed
 * @param onFailure told when a run has failed
 */
public record StartSettings(
        Optional<InputSchema> inputSchema,
        int priority,
        Optional<Integer> maxRuns,
        Optional<Webhook> onComplete,
        Optional<Webhook> onFailure) {
    /** The lowest priority. */
    public static final int MIN_PRIORITY = -100;

    /** The highest priority. */
    public static final int MAX_PRIORITY = 100;

    /** The most runs that a definition may allow at once. */
    public static final int MAX_RUNS = 100_000;

    /** Whether somebody is to be told of a run's end. */
    public boolean hasWebhooks() {
        return onComplete.isPresent() || onFailure.isPresent();
    }
}
