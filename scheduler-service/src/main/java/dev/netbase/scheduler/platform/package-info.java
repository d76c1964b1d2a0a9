/** What holds the service together: the loop, configuration, health, database and Kafka access. */
@NullMarked
package dev.netbase.scheduler.platform;

import org.jspecify.annotations.NullMarked;
