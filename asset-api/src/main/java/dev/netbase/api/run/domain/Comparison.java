package dev.netbase.api.run.domain;

import org.jspecify.annotations.Nullable;

/**
 * A run beside the run it repeats.
 *
 * @param rerunOf null if it repeats none
 * @param isComplete whether both have ended
 * @param outputDiffers whether the runs' own outputs do
 */
public record Comparison(
        String runId, @Nullable String rerunOf, boolean isExact, boolean isComplete, boolean outputDiffers) {}
