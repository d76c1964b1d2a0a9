package dev.netbase.scheduler.run.domain;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run fixed for a node when it started.
 *
 * @param specId the agent's file and merged configuration, as {@code task_specs} has them
 * @param defaultInputs {@code config.inputs}; null if the configuration has none
 */
public record NodePlan(long specId, @Nullable Map<String, @Nullable Object> defaultInputs) {}
