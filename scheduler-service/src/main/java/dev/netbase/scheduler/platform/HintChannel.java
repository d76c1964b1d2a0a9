package dev.netbase.scheduler.platform;

import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.message.TaskHint;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgNotification;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The channel of PostgreSQL by which workers hand outcomes to this scheduler, in a tenth of the time that Kafka takes.
 * What is said there is lost if nobody listens, so nobody is asked to speak unless the scheduler hears itself: it says
 * nothing, through another connection, every second. A pooler that lends connections by the transaction forwards no
 * notifications, and then nobody is asked.
 */
@ApplicationScoped
public class HintChannel {
    private static final Logger LOG = Logger.getLogger(HintChannel.class);
    private static final Duration SAY_EVERY = Duration.ofSeconds(1);
    private static final Duration DEAF_AFTER = Duration.ofSeconds(4);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    /** A worker writes in 10 ms what is not taken; more than this would not be by then. */
    private static final int MOST_WAITING = 64;

    private final String name = "netbase_hints_" + Ids.packageId();
    private final Pool pool;
    private final BlockingQueue<Arrived> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("hint-channel").daemon().factory());
    private volatile @Nullable SqlConnection connection;
    private volatile long deafAt = System.nanoTime();
    private volatile Runnable listener = () -> {};

    /** @param millis when it came, since 1970 */
    public record Arrived(TaskHint hint, long millis) {}

    public HintChannel(Pool pool) {
        this.pool = pool;
    }

    void start(@Observes StartupEvent event) {
        var _ = thread.scheduleWithFixedDelay(this::keep, 0, SAY_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    void stop(@Observes ShutdownEvent event) {
        thread.shutdownNow();
    }

    /** To be called when a hint has come, on a thread that must not be held up. */
    void onArrival(Runnable action) {
        listener = action;
    }

    /** Where hints are heard; empty while they are not. */
    public Optional<String> name() {
        return deafAt - System.nanoTime() > 0 ? Optional.of(name) : Optional.empty();
    }

    /** Whether none has come that was not taken. */
    public boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** All that came and was not taken yet, in order. */
    public List<Arrived> take() {
        if (waiting.isEmpty()) {
            return List.of();
        }
        List<Arrived> taken = new ArrayList<>();
        waiting.drainTo(taken);
        return taken;
    }

    private void keep() {
        try {
            if (connection == null) {
                listen();
            }
            pool.preparedQuery("select pg_notify($1, '')")
                    .execute(Tuple.of(name))
                    .await()
                    .atMost(PATIENCE);
        } catch (RuntimeException e) {
            LOG.debugf("no hints for now: %s", e.toString());
        }
    }

    private void listen() {
        SqlConnection fresh = pool.getConnection().await().atMost(PATIENCE);
        connection = fresh;
        fresh.closeHandler(() -> connection = null);
        ((PgConnection) fresh.getDelegate()).notificationHandler(this::heard);
        fresh.query("listen \"" + name + '"').execute().await().atMost(PATIENCE);
    }

    private void heard(PgNotification notification) {
        if (notification.getPayload().isEmpty()) {
            deafAt = System.nanoTime() + DEAF_AFTER.toNanos();
            return;
        }
        try {
            TaskHint hint = Json.read(notification.getPayload().getBytes(StandardCharsets.UTF_8), TaskHint.class);
            if (isWhole(hint)) {
                if (waiting.offer(new Arrived(hint, System.currentTimeMillis()))) {
                    listener.run();
                }
            } else {
                LOG.warnf("what process %d said on %s is no hint", notification.getProcessId(), name);
            }
        } catch (JsonException e) {
            LOG.warnf("what process %d said on %s is no hint: %s", notification.getProcessId(), name, e.getMessage());
        }
    }

    private static boolean isWhole(TaskHint hint) {
        return hint.schema() == TaskHint.SCHEMA
                && Stream.of(hint.runId(), hint.output(), hint.workerId(), hint.stderr(), hint.usage())
                        .noneMatch(given -> given == null)
                && hint.inputsSha256() != null;
    }
}
