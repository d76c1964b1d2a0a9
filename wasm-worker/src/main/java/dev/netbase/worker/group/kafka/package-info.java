/** Task groups and cancellations from Kafka, task events and dead letters to it. Each consumer has its own thread. */
@NullMarked
package dev.netbase.worker.group.kafka;

import org.jspecify.annotations.NullMarked;
