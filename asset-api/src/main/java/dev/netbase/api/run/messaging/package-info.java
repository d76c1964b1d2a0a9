/** Hints to the scheduler over Kafka. */
@NullMarked
package dev.netbase.api.run.messaging;

import org.jspecify.annotations.NullMarked;
