package dev.netbase.worker.group.postgres;

import dev.netbase.model.id.Ids;
import dev.netbase.model.message.SpokenGroup;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.notification.NotificationChannel;
import dev.netbase.worker.group.application.TaskGroupReader;
import dev.netbase.worker.group.application.TaskTraces;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/** Where schedulers tell this worker of groups whose records it will have later. */
@Singleton
public class GroupChannel {
    private static final Logger LOG = Logger.getLogger(GroupChannel.class);
    private final NotificationChannel channel;
    private final TaskTraces traces;

    public GroupChannel(Pool pool, TaskTraces traces) {
        this.channel = new NotificationChannel(pool, "netbase_groups_" + Ids.packageId());
        this.traces = traces;
    }

    /**
     * Begins to listen.
     *
     * @param listener is told of each group, on a thread that it must not hold up
     */
    public void open(Consumer<TaskGroup> listener) {
        channel.open(payload -> {
            SpokenGroup spoken = SpokenGroup.of(payload);
            switch (TaskGroupReader.read(spoken.value())) {
                case TaskGroupReader.Group read -> {
                    if (spoken.traceparent() != null) {
                        traces.arrived(read.group(), spoken.traceparent());
                    }
                    listener.accept(read.group());
                }
                case TaskGroupReader.Unreadable unreadable ->
                    LOG.warnf("what somebody said on the channel for groups is none: %s", unreadable.reason());
            }
        });
    }

    /** Where this worker is told of groups; empty while it would not hear. */
    Optional<String> name() {
        return channel.name();
    }

    /** Says an outcome to a scheduler. */
    boolean say(String scheduler, byte[] hint) {
        return channel.say(scheduler, hint);
    }

    /** Is told of no more groups. */
    public void close() {
        channel.close();
    }
}
