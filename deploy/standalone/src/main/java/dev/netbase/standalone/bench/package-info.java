/** Measures Netbase through its public contract: HTTP to publish and watch, Kafka to start. */
@NullMarked
package dev.netbase.standalone.bench;

import org.jspecify.annotations.NullMarked;
