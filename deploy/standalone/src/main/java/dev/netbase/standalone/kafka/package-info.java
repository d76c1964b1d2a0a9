/** The embedded Kafka: a KRaft broker in a JVM of its own, and the topics it must have. */
@NullMarked
package dev.netbase.standalone.kafka;

import org.jspecify.annotations.NullMarked;
