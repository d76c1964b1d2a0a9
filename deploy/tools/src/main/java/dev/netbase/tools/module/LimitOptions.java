package dev.netbase.tools.module;

import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.limits.TaskLimits;
import dev.netbase.model.problem.FieldProblem;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The limits of one run: the contract's defaults unless given here, and never over the caps. */
final class LimitOptions {
    @Option(
            names = "--fuel",
            paramLabel = "N",
            converter = Amounts.Count.class,
            description = "about one per instruction (default 10G)")
    private @Nullable Long fuel;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = Amounts.Bytes.class,
            description = "all linear memories together (default 64M)")
    private @Nullable Long memory;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Amounts.Time.class,
            description = "wall clock, compiling apart (default 30s)")
    private @Nullable Duration timeout;

    @Option(
            names = "--output-bytes",
            paramLabel = "SIZE",
            converter = Amounts.Bytes.class,
            description = "of the output (default 1M)")
    private @Nullable Long output;

    @Option(
            names = "--limit",
            paramLabel = "NAME=N",
            description = "any limit by its name in config.limits, for example workspace_files=100; may be repeated")
    private Map<String, Long> others = Map.of();

    /**
     * The limits to run under.
     *
     * @throws ToolException for one that is unknown or over the cap, as an agent with it would be refused
     */
    TaskLimits resolve(LimitCaps caps) {
        Map<String, Long> limits = new HashMap<>(others);
        put(limits, TaskLimit.FUEL, fuel);
        put(limits, TaskLimit.MEMORY_BYTES, memory);
        put(limits, TaskLimit.TIMEOUT_MS, timeout == null ? null : timeout.toMillis());
        put(limits, TaskLimit.OUTPUT_BYTES, output);
        List<FieldProblem> problems = caps.check(limits, "limits");
        if (!problems.isEmpty()) {
            FieldProblem first = problems.getFirst();
            throw new ToolException(first.field() + " " + first.message());
        }
        return caps.resolve(Map.of("limits", limits));
    }

    private static void put(Map<String, Long> limits, TaskLimit limit, @Nullable Long value) {
        if (value != null) {
            limits.put(limit.key(), value);
        }
    }
}
