/**
 * Executing task groups: claims become running tasks, running tasks become results. What it needs from the database and
 * from Kafka it names as interfaces here; the adapters are in the packages beside.
 */
@NullMarked
package dev.netbase.worker.group.application;

import org.jspecify.annotations.NullMarked;
