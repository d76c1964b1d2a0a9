package dev.netbase.scheduler.platform;

import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.message.SpokenGroup;
import dev.netbase.model.message.TaskHint;
import dev.netbase.model.notification.NotificationChannel;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/** Where workers hand outcomes to this scheduler, and where it tells them of what follows. */
@ApplicationScoped
public class HintChannel {
    private static final Logger LOG = Logger.getLogger(HintChannel.class);
    /**
     * With more outcomes or runs at once hints are not asked for and not taken: what they gain is gained in quiet. With more to
     * do each would cost a transaction, and its task the time until its worker looks after it.
     */
    public static final int MOST_AT_ONCE = 8;

    /** A worker writes in 10 ms what is not taken; more than this would not be by then. */
    private static final int MOST_WAITING = 64;

    private final NotificationChannel channel;
    private final BlockingQueue<Arrived> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private volatile Runnable listener = () -> {};

    /**
     * A hint and when it came.
     *
     * @param millis since 1970
     */
    public record Arrived(TaskHint hint, long millis) {}

    public HintChannel(Pool pool) {
        this.channel = new NotificationChannel(pool, "netbase_hints_" + Ids.packageId());
    }

    void start(@Observes StartupEvent event) {
        channel.open(this::heard);
    }

    void stop(@Observes ShutdownEvent event) {
        channel.close();
    }

    /** To be called when a hint has come, on a thread that must not be held up. */
    void onArrival(Runnable action) {
        listener = action;
    }

    /** Where hints are heard; empty while they are not. */
    public Optional<String> name() {
        return channel.name();
    }

    /** Where hints are heard of the tasks of so many runs that advance at once; empty while they are not, or would not be taken. */
    public Optional<String> nameFor(int runs) {
        return runs > MOST_AT_ONCE ? Optional.empty() : name();
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

    /** Tells a worker of a group whose record it will have later. Returns at once; false if the group is too long for that. */
    public boolean say(String worker, SpokenGroup group) {
        return channel.say(worker, group.payload());
    }

    private void heard(String payload) {
        try {
            TaskHint hint = Json.read(payload.getBytes(StandardCharsets.UTF_8), TaskHint.class);
            if (!isWhole(hint)) {
                LOG.warn("what somebody said on the channel for hints is none: something is missing");
            } else if (waiting.offer(new Arrived(hint, System.currentTimeMillis()))) {
                listener.run();
            }
        } catch (JsonException e) {
            LOG.warnf("what somebody said on the channel for hints is none: %s", e.getMessage());
        }
    }

    private static boolean isWhole(TaskHint hint) {
        return hint.schema() == TaskHint.SCHEMA
                && Stream.of(
                                hint.runId(),
                                hint.groupId(),
                                hint.output(),
                                hint.workerId(),
                                hint.stderr(),
                                hint.usage(),
                                hint.inputsSha256())
                        .allMatch(Objects::nonNull);
    }
}
