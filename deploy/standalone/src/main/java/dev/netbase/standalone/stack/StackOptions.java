package dev.netbase.standalone.stack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a stack is started with.
 *
 * @param services the services to run, one of them the API
 * @param http the API's port
 * @param postgres PostgreSQL's port
 * @param kafka the broker's port for clients
 * @param programs where unpacked programs are kept for this user
 * @param startsWithin how long the whole start may take
 */
public record StackOptions(
        List<ServiceDefinition> services,
        PortRequest http,
        PortRequest postgres,
        PortRequest kafka,
        Path programs,
        Duration startsWithin) {
    public StackOptions {
        services = List.copyOf(services);
    }
}
