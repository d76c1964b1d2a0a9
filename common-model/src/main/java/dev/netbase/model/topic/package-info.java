/** The Kafka topics and their shapes. */
@NullMarked
package dev.netbase.model.topic;

import org.jspecify.annotations.NullMarked;
