package dev.netbase.tools.module;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.netbase.model.limits.TaskLimits;
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

    @Option(names = "--arg", paramLabel = "TEXT", description = "config.args: what follows argv[0]; may be repeated")
    private List<String> args = List.of();

    @Option(names = "--env", paramLabel = "NAME=TEXT", description = "config.env; may be repeated")
    private Map<String, String> env = Map.of();

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

    @Option(
            names = "--workspace-mount",
            paramLabel = "PATH",
            description = "config.workspace_mount (default /workspace)")
    private String workspaceMount = "/workspace";

    @Option(names = "--json", description = "one JSON object on stdout instead")
    private boolean json;

    @Mixin
    private DeterminismOptions determinism = new DeterminismOptions();

    @Mixin
    private LimitOptions limits = new LimitOptions();

    @Override
    public Integer call() throws IOException {
        Settings settings = Settings.forSlots(1);
        TaskLimits resolved = limits.resolve(settings.caps());
        byte[] given = readInput();
        RunReport report = run(settings, resolved, given);
        return report.print(json, System.out, System.err);
    }

    private RunReport run(Settings settings, TaskLimits resolved, byte[] given) throws IOException {
        Optional<String> refusal = Inspection.of(file, settings.caps()).refusal();
        if (refusal.isPresent()) {
            return RunReport.refused("INVALID_MODULE", relativePath() + " " + refusal.get(), resolved);
        }
        try (LocalSandbox sandbox = new LocalSandbox(settings, LocalSandbox.userCache())) {
            long begin = System.nanoTime();
            CompiledModule module;
            try {
                module = sandbox.load(Files.readAllBytes(file), relativePath());
            } catch (TaskRefusedException e) {
                return RunReport.refused(e.code().name(), e.reason(), resolved);
            }
            Duration loading = Duration.ofNanos(System.nanoTime() - begin);
            boolean compiled = sandbox.manager().codeStats().compiled() > 0;
            Path workspace = sandbox.createWorkspace();
            if (workspaceIn != null) {
                Folders.copy(workspaceIn, workspace.resolve("in"));
            }
            long start = System.nanoTime();
            WasmOutcome outcome = sandbox.manager()
                    .execute(task(module, given, resolved, workspace))
                    .await()
                    .indefinitely();
            Duration running = Duration.ofNanos(System.nanoTime() - start);
            int files = workspaceOut == null ? 0 : Folders.copy(workspace.resolve("out"), workspaceOut);
            return RunReport.of(outcome, resolved, loading, compiled, running, files);
        }
    }

    private WasmTask task(CompiledModule module, byte[] given, TaskLimits resolved, Path workspace) {
        return new WasmTask(
                module, given, resolved, workspace, workspaceMount, asset, args, env, determinism.determinism());
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
        if (input.startsWith("@")) {
            Path source = Path.of(input.substring(1));
            if (!Files.isRegularFile(source)) {
                throw new ToolException("there is no file " + source + " to take the input from");
            }
            return Files.readAllBytes(source);
        }
        return input.getBytes(UTF_8);
    }
}
