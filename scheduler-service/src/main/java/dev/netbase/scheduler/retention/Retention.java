package dev.netbase.scheduler.retention;

import dev.netbase.scheduler.chore.Chore;
import dev.netbase.scheduler.platform.Database;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Removes old runs, old event ids and unused artifacts, as far as the operator wants that. */
@ApplicationScoped
public class Retention implements Chore {
    private static final Logger LOG = Logger.getLogger(Retention.class);

    /** One scheduler looks, and none again before the interval is over. */
    private static final String TAKE = """
            insert into chores as c (name, due_at) values ($1, clock_timestamp() + $2::bigint * interval '1 millisecond')
            on conflict (name) do update set due_at = excluded.due_at where c.due_at <= clock_timestamp()
            returning name""";

    private final Database database;
    private final RetentionConfig config;
    private final OldRuns oldRuns;
    private final UnusedArtifacts artifacts;
    private final Counter runs;
    private final Counter files;

    public Retention(
            Database database,
            RetentionConfig config,
            @ConfigProperty(name = "netbase.artifacts.root") Path artifactsRoot,
            MeterRegistry metrics) {
        this.database = database;
        this.config = config;
        this.oldRuns = new OldRuns(database, config.batch(), config.batchTasks());
        this.artifacts = new UnusedArtifacts(database, artifactsRoot);
        this.runs = metrics.counter("netbase.scheduler.retention.runs");
        this.files = metrics.counter("netbase.scheduler.retention.artifacts");
    }

    @Override
    public String name() {
        return "retention";
    }

    @Override
    public Duration interval() {
        return config.interval();
    }

    @Override
    public void turn() {
        Instant now = Instant.now();
        config.runs().ifPresent(age -> {
            long removed = oldRuns.removeRuns(age, now);
            runs.increment(removed);
            if (removed > 0) {
                LOG.infof("removed %d runs that ended more than %s ago", removed, age);
            }
        });
        config.triggerEvents().ifPresent(oldRuns::forgetEvents);
        config.artifacts()
                .filter(grace -> isMine("artifacts", config.artifactInterval()))
                .ifPresent(grace -> {
                    long removed = artifacts.remove(grace, now);
                    files.increment(removed);
                    LOG.infof("removed %d artifacts that nothing refers to", removed);
                });
    }

    private boolean isMine(String chore, Duration interval) {
        return !database.query(TAKE, Tuple.of(chore, interval.toMillis())).isEmpty();
    }
}
