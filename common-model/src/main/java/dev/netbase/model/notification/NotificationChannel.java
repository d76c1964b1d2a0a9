package dev.netbase.model.notification;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgNotification;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * A channel of PostgreSQL on which one process is told things, in a tenth of the time that Kafka takes. What is said while
 * nobody listens is lost, so it is only for what has another way too, and its name is given to nobody unless the process
 * hears itself there: it says nothing, through another connection, every second. A pooler that lends connections by the
 * transaction forwards no notifications, and then the name is not given. Takes one connection of the pool.
 *
 * @see <a href="https://www.postgresql.org/docs/current/sql-notify.html">NOTIFY</a>
 */
public final class NotificationChannel implements AutoCloseable {
    /** The longest payload, in bytes of UTF-8. */
    public static final int MAX_BYTES = 7_999;

    private static final Logger LOG = Logger.getLogger(NotificationChannel.class);
    private static final String SAY = "select pg_notify($1, $2)";
    private static final Duration SAY_EVERY = Duration.ofSeconds(1);
    private static final Duration DEAF_AFTER = Duration.ofSeconds(4);
    private static final byte[] NOTHING = {};

    private final Pool pool;
    private final String name;
    private final ScheduledExecutorService thread;
    private volatile Consumer<String> listener = payload -> {};
    private final AtomicBoolean connecting = new AtomicBoolean();
    private volatile @Nullable SqlConnection connection;
    private volatile long deafAt = System.nanoTime();

    /**
     * A channel that is not listened to yet.
     *
     * @param name at most 63 bytes, without a double quote; no other process has it
     */
    public NotificationChannel(Pool pool, String name) {
        this.pool = pool;
        this.name = name;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("notifications").daemon().factory());
    }

    /**
     * Begins to listen, and goes on with it until {@link #close}, whatever happens to the database.
     *
     * @param listener is told of each payload, in order, on a thread that it must not hold up
     */
    public void open(Consumer<String> listener) {
        this.listener = listener;
        var _ = thread.scheduleWithFixedDelay(this::keep, 0, SAY_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Where this process is told things now; empty while it would not hear them. */
    public Optional<String> name() {
        return deafAt - System.nanoTime() > 0 ? Optional.of(name) : Optional.empty();
    }

    /**
     * Says something to another process, if it listens. Returns at once.
     *
     * @return false if it is too long to be said
     */
    public boolean say(String channel, byte[] payload) {
        if (payload.length > MAX_BYTES) {
            return false;
        }
        pool.preparedQuery(SAY)
                .execute(Tuple.of(channel, new String(payload, StandardCharsets.UTF_8)))
                .subscribe()
                .with(said -> {}, e -> LOG.debugf("not said on %s: %s", channel, e.toString()));
        return true;
    }

    /** Is told of nothing any more. */
    @Override
    public void close() {
        thread.shutdownNow();
        listener = payload -> {};
        deafAt = System.nanoTime();
    }

    private void keep() {
        try {
            keepListening();
            say(name, NOTHING);
        } catch (RuntimeException e) {
            LOG.warnf(e, "%s could not be looked after, and will be again", name);
        }
    }

    private void keepListening() {
        if (connection == null && connecting.compareAndSet(false, true)) {
            listen().onTermination()
                    .invoke(() -> connecting.set(false))
                    .subscribe()
                    .with(
                            fresh -> LOG.debugf("listening on %s", name),
                            e -> LOG.debugf("not on %s: %s", name, e.toString()));
        }
    }

    /** Without a time limit of its own: a connection that came after it would be lost to the pool. */
    private Uni<SqlConnection> listen() {
        return pool.getConnection().chain(fresh -> {
            fresh.closeHandler(() -> connection = null);
            ((PgConnection) fresh.getDelegate()).notificationHandler(this::heard);
            connection = fresh;
            return fresh.query("listen \"" + name + '"')
                    .execute()
                    .replaceWith(fresh)
                    .onFailure()
                    .invoke(() -> {
                        connection = null;
                        fresh.closeAndForget();
                    });
        });
    }

    private void heard(PgNotification notification) {
        if (!notification.getPayload().isEmpty()) {
            listener.accept(notification.getPayload());
        } else if (!thread.isShutdown()) {
            deafAt = System.nanoTime() + DEAF_AFTER.toNanos();
        }
    }
}
