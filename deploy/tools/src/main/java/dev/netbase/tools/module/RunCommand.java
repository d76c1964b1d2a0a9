package dev.netbase.tools.module;

import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.limits.TaskLimits;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.worker.group.application.InvalidConfigException;
import dev.netbase.worker.group.wasm.WasmSettings;
import dev.netbase.worker.wasm.CompiledModule;
import dev.netbase.worker.wasm.TaskRefusedException;
import dev.netbase.worker.wasm.WasmOutcome;
import dev.netbase.worker.wasm.WasmTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./netbase module run}. */
@Command(name = "run", description = "Runs one module as a worker would: its output on stdout, what it used on stderr.")
final class RunCommand implements Callable<Integer> {
    private static final String DEFAULT_INPUT = "{}";

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this text")
    private boolean help;

    @Parameters(paramLabel = "FILE.wasm", description = "the module")
    private Path file = Path.of("");

    @Option(
            names = "--input",
            paramLabel = "JSON|@FILE|-",
            description = "what it gets: as given, from a file, or from stdin (default {})")
    private String input = DEFAULT_INPUT;

    @Option(
            names = "--asset",
            paramLabel = "DIR",
            description = "what it sees at /asset; FILE.wasm keeps its path in it if it is in it")
    private @Nullable Path asset;

    @Option(names = "--workspace-in", paramLabel = "DIR", description = "copied to /workspace/in before the run")
    private @Nullable Path workspaceIn;

    @Option(
            names = "--workspace-out",
            paramLabel = "DIR",
            description = "where to copy what it leaves in /workspace/out")
    private @Nullable Path workspaceOut;

    @Option(names = "--json", description = "one JSON object on stdout instead")
    private boolean json;

    @Mixin
    private ConfigOptions options = new ConfigOptions();

    @Override
    public Integer call() throws IOException {
        Settings settings = Settings.forSlots(1);
        Map<String, @Nullable Object> config = options.of(file);
        TaskLimits limits = limits(config, settings.caps());
        WasmSettings asked = settings(config);
        byte[] given = readInput();
        RunReport report = run(settings, limits, asked, given);
        return report.print(json, System.out, System.err);
    }

    /** As an agent with such limits would be refused. */
    private static TaskLimits limits(Map<String, @Nullable Object> config, LimitCaps caps) {
        List<FieldProblem> problems = caps.check(config.get("limits"), "limits");
        if (!problems.isEmpty()) {
            FieldProblem first = problems.getFirst();
            throw new ToolException(first.field() + " " + first.message());
        }
        return caps.resolve(config);
    }

    private static WasmSettings settings(Map<String, @Nullable Object> config) {
        try {
            return WasmSettings.of(config);
        } catch (InvalidConfigException e) {
            throw new ToolException(String.valueOf(e.getMessage()));
        }
    }

    private RunReport run(Settings settings, TaskLimits limits, WasmSettings asked, byte[] given) throws IOException {
        Optional<String> refusal = Inspection.of(file, settings.caps()).refusal();
        if (refusal.isPresent()) {
            return RunReport.refused("INVALID_MODULE", relativePath() + " " + refusal.get(), limits);
        }
        try (LocalSandbox sandbox = new LocalSandbox(settings, LocalSandbox.userCache())) {
            long begin = System.nanoTime();
            CompiledModule module;
            try {
                module = sandbox.load(Files.readAllBytes(file), relativePath());
            } catch (TaskRefusedException e) {
                return RunReport.refused(e.code().name(), e.reason(), limits);
            }
            Duration loading = Duration.ofNanos(System.nanoTime() - begin);
            boolean compiled = sandbox.manager().codeStats().compiled() > 0;
            Path workspace = sandbox.createWorkspace();
            if (workspaceIn != null) {
                Folders.copy(workspaceIn, workspace.resolve("in"));
            }
            long start = System.nanoTime();
            WasmOutcome outcome = sandbox.manager()
                    .execute(task(module, given, limits, asked, workspace))
                    .await()
                    .indefinitely();
            Duration running = Duration.ofNanos(System.nanoTime() - start);
            int files = workspaceOut == null ? 0 : Folders.copy(workspace.resolve("out"), workspaceOut);
            return RunReport.of(outcome, limits, loading, compiled, running, files);
        }
    }

    private WasmTask task(CompiledModule module, byte[] given, TaskLimits limits, WasmSettings asked, Path workspace) {
        return new WasmTask(
                module,
                given,
                limits,
                workspace,
                asked.workspaceMount(),
                asset,
                asked.args(),
                asked.env(),
                asked.determinism());
    }

    /** Its place in the package version, which is {@code argv[0]}. */
    private String relativePath() {
        Path absolute = file.toAbsolutePath().normalize();
        if (asset != null) {
            Path folder = asset.toAbsolutePath().normalize();
            if (absolute.startsWith(folder)) {
                return folder.relativize(absolute).toString();
            }
        }
        return String.valueOf(absolute.getFileName());
    }

    private byte[] readInput() throws IOException {
        if (input.equals("-")) {
            return System.in.readAllBytes();
        }
        return Values.of(input, "input");
    }
}
