package dev.netbase.standalone.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a stack is started with.
 *
 * @param services the services to run, one of them the API
 * @param http the API's port
 * @param postgres PostgreSQL's port
 * @param kafka the broker's port for clients
 * @param programs where unpacked programs are kept for this user
 * @param startsWithin how long the whole start may take
 * @param detour the way that services take to PostgreSQL and Kafka, or none for the direct one
 */
public record StackOptions(
        List<ServiceDefinition> services,
        PortRequest http,
        PortRequest postgres,
        PortRequest kafka,
        Path programs,
        Duration startsWithin,
        Optional<Detour> detour) {
    public StackOptions {
        services = List.copyOf(services);
    }

    /** The direct way. */
    public StackOptions(
            List<ServiceDefinition> services,
            PortRequest http,
            PortRequest postgres,
            PortRequest kafka,
            Path programs,
            Duration startsWithin) {
        this(services, http, postgres, kafka, programs, startsWithin, Optional.empty());
    }

    /** How many processes the service with the most of them has. */
    int instances() {
        return services.stream().mapToInt(ServiceDefinition::instance).max().orElse(1);
    }

    /**
     * Ports on 127.0.0.1 behind which somebody passes on to the real ones, for tests of what a bad network does.
     *
     * @param postgres what services connect to instead of PostgreSQL's port
     * @param kafka what the broker tells its clients to connect to
     */
    public record Detour(int postgres, int kafka) {}
}
