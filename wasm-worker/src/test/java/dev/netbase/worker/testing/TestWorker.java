package dev.netbase.worker.testing;

import dev.netbase.model.artifact.FileArtifactStore;
import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.worker.group.application.CancellationWatch;
import dev.netbase.worker.group.application.ClaimedStarts;
import dev.netbase.worker.group.application.Claiming;
import dev.netbase.worker.group.application.EarlyStarts;
import dev.netbase.worker.group.application.GroupExecution;
import dev.netbase.worker.group.application.GroupIntake;
import dev.netbase.worker.group.application.IoThreads;
import dev.netbase.worker.group.application.LeaseKeeper;
import dev.netbase.worker.group.application.ResultEncoder;
import dev.netbase.worker.group.application.ResultWriter;
import dev.netbase.worker.group.application.SpecCache;
import dev.netbase.worker.group.application.TaskEvents;
import dev.netbase.worker.group.application.TaskExecutors;
import dev.netbase.worker.group.application.TaskPreparation;
import dev.netbase.worker.group.application.TaskTraces;
import dev.netbase.worker.group.application.TasksInHand;
import dev.netbase.worker.group.application.WorkerConfig;
import dev.netbase.worker.group.application.WorkerMetrics;
import dev.netbase.worker.group.domain.TaskResult;
import dev.netbase.worker.group.postgres.GroupChannel;
import dev.netbase.worker.group.postgres.PgClaimStore;
import dev.netbase.worker.group.postgres.PgLeaseStore;
import dev.netbase.worker.group.postgres.PgResultStore;
import dev.netbase.worker.group.postgres.PgSpecStore;
import dev.netbase.worker.group.postgres.PgTaskHints;
import dev.netbase.worker.group.postgres.Statements;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

/** The worker's group execution on a real database, put together by hand as the service does by injection. */
public final class TestWorker implements AutoCloseable {
    public final ScriptedExecutor executor = new ScriptedExecutor();
    public final TasksInHand inHand = new TasksInHand();
    public final WorkerMetrics metrics = new WorkerMetrics(new SimpleMeterRegistry(), inHand);
    public final List<TaskResult> events = new CopyOnWriteArrayList<>();
    public final AtomicBoolean ended = new AtomicBoolean();
    public final InMemorySpanExporter spans = InMemorySpanExporter.create();
    public final TaskTraces traces = new TaskTraces(SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(spans))
            .build()
            .get("test"));
    public final LeaseKeeper lease;
    public final CancellationWatch cancellations;
    public final GroupIntake intake;
    public final GroupChannel channel;
    public final WorkerConfig config;
    private final Vertx vertx = Vertx.vertx();
    private final Pool pool;
    private final IoThreads ioThreads = new IoThreads();

    /** A worker that notes its events. */
    public TestWorker(TestDatabase database, Path artifacts, WorkerConfig config) {
        this(database, artifacts, config, null);
    }

    /** A worker that sends its events, or notes them if {@code sender} is null. */
    public TestWorker(TestDatabase database, Path artifacts, WorkerConfig config, EventsFactory sender) {
        this.config = config;
        pool = Pool.newInstance(io.vertx.sqlclient.Pool.pool(
                vertx.getDelegate(),
                PgConnectOptions.fromUri(database.reactiveUrl())
                        .setUser(database.user())
                        .setPassword(database.password())
                        .setCachePreparedStatements(true)
                        .addProperty("plan_cache_mode", "force_generic_plan")
                        .addProperty("enable_seqscan", "off"),
                new PoolOptions().setMaxSize(5)));
        Statements statements = new Statements(pool, new SimpleMeterRegistry());
        channel = new GroupChannel(pool, traces);
        PgLeaseStore leases = new PgLeaseStore(statements);
        ValueReferences values = new ValueReferences(new FileArtifactStore(artifacts));
        TaskEvents taskEvents = sender == null ? events::addAll : sender.create(metrics, traces);
        lease = new LeaseKeeper(leases, inHand, () -> ended.set(true), InstantSource.system(), metrics, config);
        cancellations = new CancellationWatch(leases, inHand);
        SpecCache specs = new SpecCache(new PgSpecStore(statements));
        TaskExecutors executors = new TaskExecutors(List.of(executor));
        ResultWriter results =
                new ResultWriter(new PgResultStore(statements), taskEvents, new PgTaskHints(channel), inHand, metrics);
        PgClaimStore claims = new PgClaimStore(statements);
        GroupExecution execution = new GroupExecution(
                inHand,
                new TaskPreparation(LimitCaps.defaults(), values),
                executors,
                new ResultEncoder(values),
                results,
                claims,
                ioThreads,
                metrics,
                traces,
                config);
        ClaimedStarts claimedStarts = new ClaimedStarts(specs, inHand, execution, traces);
        Claiming claiming = new Claiming(lease, claims, metrics);
        EarlyStarts earlyStarts =
                new EarlyStarts(specs, executors, execution, claiming, claimedStarts, inHand, results, traces);
        intake = new GroupIntake(lease, claims, inHand, execution, claiming, claimedStarts, earlyStarts, metrics);
    }

    /** Makes the sender of events. */
    public interface EventsFactory {
        TaskEvents create(WorkerMetrics metrics, TaskTraces traces);
    }

    /** Registers the worker. */
    public TestWorker registered() {
        lease.tick();
        return this;
    }

    @Override
    public void close() {
        pool.closeAndAwait();
        vertx.closeAndAwait();
    }
}
