/** Reads what asks for runs: Kafka triggers and run requests. */
@NullMarked
package dev.netbase.scheduler.trigger;

import org.jspecify.annotations.NullMarked;
