package dev.netbase.standalone.stack;

import dev.netbase.standalone.postgres.PostgresAccess;
import java.net.URI;

/**
 * Where a running stack can be reached.
 *
 * @param api the API's base address, without a path
 * @param kafka what Kafka clients connect to
 * @param postgres the database
 */
public record Endpoints(URI api, String kafka, PostgresAccess postgres) {}
