/** The values of Kafka records, field for field as the contract gives them. */
@NullMarked
package dev.netbase.model.message;

import org.jspecify.annotations.NullMarked;
