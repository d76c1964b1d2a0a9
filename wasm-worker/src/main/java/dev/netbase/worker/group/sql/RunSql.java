package dev.netbase.worker.group.sql;

import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.task.AgentType;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.Cancellation;
import dev.netbase.worker.group.application.ConcurrencyLimit;
import dev.netbase.worker.group.application.ConcurrencyLimit.Turn;
import dev.netbase.worker.group.application.InvalidConfigException;
import dev.netbase.worker.group.application.TaskExecutor;
import dev.netbase.worker.group.application.TaskLog;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskSpec;
import dev.netbase.worker.sql.SqlCall;
import dev.netbase.worker.sql.SqlConfig;
import dev.netbase.worker.sql.SqlDataSources;
import dev.netbase.worker.sql.SqlExecution;
import dev.netbase.worker.sql.SqlFailedException;
import dev.netbase.worker.sql.SqlScript;
import dev.netbase.worker.wasm.ModuleRef;
import dev.netbase.worker.wasm.PublishedFiles;
import dev.netbase.worker.wasm.TaskRefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Runs a task's script on the data source that its configuration names: the script verified, as one transaction, its
 * parameters bound from the task's inputs. Each data source runs so many scripts at a time; the others wait their turn.
 */
@Singleton
public class RunSql implements TaskExecutor {
    private final SqlDataSources sources;
    private final SqlConfig config;
    private final PublishedFiles files;
    private final Path modulesRoot;
    private final Map<String, ConcurrencyLimit> limits = new HashMap<>();
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    public RunSql(
            SqlDataSources sources,
            SqlConfig config,
            PublishedFiles files,
            @ConfigProperty(name = "netbase.modules.root") Path modulesRoot) {
        this.sources = sources;
        this.config = config;
        this.files = files;
        this.modulesRoot = modulesRoot.toAbsolutePath().normalize();
        sources.maxConnections().forEach((name, most) -> limits.put(name, new ConcurrencyLimit(most)));
    }

    @Override
    public AgentType type() {
        return AgentType.SQL;
    }

    @Override
    public Uni<TaskOutcome> execute(TaskCall call, Cancellation cancellation) {
        long begin = System.nanoTime();
        SqlExecution execution;
        ConcurrencyLimit limit;
        try {
            SqlSettings settings = SqlSettings.of(call.spec().config(), config.maxRows());
            limit = limit(settings);
            execution = sources.execution(sqlCall(call, settings));
        } catch (InvalidConfigException e) {
            return Uni.createFrom().item(failed(TaskErrorCode.INVALID_MODULE, String.valueOf(e.getMessage())));
        } catch (SqlFailedException e) {
            return Uni.createFrom().item(failed(e.code(), e.reason()));
        } catch (TaskRefusedException e) {
            return Uni.createFrom().item(failed(e.code(), e.reason()));
        }
        return Uni.createFrom().completionStage(start(call, execution, limit, cancellation, begin));
    }

    private CompletableFuture<TaskOutcome> start(
            TaskCall call, SqlExecution execution, ConcurrencyLimit limit, Cancellation cancellation, long begin) {
        CompletableFuture<TaskOutcome> outcome = new CompletableFuture<>();
        Turn turn = limit.enqueue(() -> executor.execute(() -> {
            try {
                outcome.complete(TaskLog.during(call, () -> outcome(execution, begin)));
            } catch (RuntimeException | Error e) {
                outcome.completeExceptionally(e);
            } finally {
                limit.release();
            }
        }));
        cancellation.onRequest(() -> {
            if (turn.withdraw()) {
                outcome.complete(failed(TaskErrorCode.CANCELLED, "the task was cancelled"));
            } else {
                execution.cancel();
            }
        });
        return outcome;
    }

    private static TaskOutcome outcome(SqlExecution execution, long begin) {
        try {
            byte[] output = execution.run();
            return new TaskOutcome.Completed(output, execution.notices(), usage(execution, begin));
        } catch (SqlFailedException e) {
            return new TaskOutcome.Failed(e.code(), e.reason(), execution.notices(), usage(execution, begin));
        }
    }

    /** All that came before there was a connection was loading. */
    private static TaskOutcome.Usage usage(SqlExecution execution, long begin) {
        long end = System.nanoTime();
        long begun = execution.begunNanos().orElse(end);
        return new TaskOutcome.Usage(0, 0, 0, (begun - begin) / 1_000, 0, (end - begun) / 1_000);
    }

    private ConcurrencyLimit limit(SqlSettings settings) throws InvalidConfigException {
        @Nullable ConcurrencyLimit limit = limits.get(settings.dataSource());
        if (limit == null) {
            throw new InvalidConfigException("there is no data source \"" + settings.dataSource()
                    + "\" (config.data_source); the operator defines one with netbase.sql.data-sources."
                    + settings.dataSource() + ".url");
        }
        if (!settings.readOnly() && sources.readOnly(settings.dataSource()).orElse(true)) {
            throw new InvalidConfigException("config.read_only is false, but the data source "
                    + settings.dataSource() + " only reads; the operator allows writes with netbase.sql.data-sources."
                    + settings.dataSource() + ".read-only=false");
        }
        return limit;
    }

    private SqlCall sqlCall(TaskCall call, SqlSettings settings) throws SqlFailedException {
        TaskSpec.AssetFile file = call.spec().file();
        ModuleRef ref = new ModuleRef(file.path(modulesRoot), file.checksum(), file.sizeBytes(), file.relativePath());
        SqlScript script = SqlScript.parse(files.read(ref, SqlScript.MAX_BYTES));
        return new SqlCall(
                settings.dataSource(),
                script,
                parameters(call, script),
                settings.readOnly(),
                Duration.ofMillis(call.limits().get(TaskLimit.TIMEOUT_MS)),
                settings.maxRows(),
                call.limits().get(TaskLimit.OUTPUT_BYTES),
                Math.toIntExact(Math.min(call.limits().get(TaskLimit.STDERR_BYTES), Integer.MAX_VALUE / 4)));
    }

    private static Map<String, ? extends @Nullable Object> parameters(TaskCall call, SqlScript script)
            throws SqlFailedException {
        if (!script.hasParameters()) {
            return Map.of();
        }
        try {
            if (Json.parse(call.input()) instanceof Map<?, ?> inputs) {
                return Json.asObject(inputs);
            }
        } catch (JsonException e) {
            throw new SqlFailedException(TaskErrorCode.INPUT_UNAVAILABLE, "the inputs are not JSON: " + e.getMessage());
        }
        throw new SqlFailedException(
                TaskErrorCode.INPUT_UNAVAILABLE,
                "the inputs must be an object, whose keys are the script's parameters");
    }

    private static TaskOutcome failed(TaskErrorCode code, String message) {
        return TaskOutcome.Failed.before(code, message);
    }
}
