/** Sends what a transaction left to be sent. */
@NullMarked
package dev.netbase.scheduler.outbox;

import org.jspecify.annotations.NullMarked;
