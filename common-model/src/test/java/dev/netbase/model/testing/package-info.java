/** What the services' tests stand on: a real PostgreSQL with the schema, and a real Kafka broker. */
@NullMarked
package dev.netbase.model.testing;

import org.jspecify.annotations.NullMarked;
