package dev.netbase.scheduler.platform;

import dev.netbase.model.database.DatabasePools;
import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.sqlclient.Pool;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Makes the pool of connections so that none is waited for that has vanished without a word. */
@Singleton
public class DatabaseConnections implements PgPoolCreator {
    private final Duration silence;

    /** @param silence how long a connection may say nothing before it is given up, in use or not */
    public DatabaseConnections(
            @ConfigProperty(name = "netbase.database.silence", defaultValue = "15s") Duration silence) {
        this.silence = silence;
    }

    @Override
    public Pool create(Input input) {
        // Statements have limits of their own; the pool's timer complains of those that failed long before it fires.
        input.poolOptions().setConnectionTimeout(0);
        return DatabasePools.make(input, silence);
    }
}
