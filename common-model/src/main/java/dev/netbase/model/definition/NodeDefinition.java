package dev.netbase.model.definition;

import dev.netbase.model.expression.Template;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node of a workflow, compiled.
 *
 * @param key its name within the workflow, {@code [A-Za-z0-9_-]{1,64}}
 * @param target what it executes
 * @param dependsOn keys of the nodes that must end first, each once
 * @param inputs what its tasks get; empty means the default inputs
 * @param forEach the list to run over; empty means one task
 * @param onElementFailure what becomes of a {@code for_each} of which an element failed; without one of no matter
 * @param when whether it runs at all; empty means yes
 * @param timeout the most time an attempt may take; empty means the agent's limit alone
 * @param config configuration over the agent's
 */
public record NodeDefinition(
        String key,
        NodeTarget target,
        List<String> dependsOn,
        Optional<Template> inputs,
        Optional<Template> forEach,
        ElementFailurePolicy onElementFailure,
        Optional<Template> when,
        RetryPolicy retry,
        Optional<Duration> timeout,
        Map<String, @Nullable Object> config) {}
