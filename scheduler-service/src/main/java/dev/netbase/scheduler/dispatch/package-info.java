/** Turns decisions into rows and records, in one statement for all runs of a batch. */
@NullMarked
package dev.netbase.scheduler.dispatch;

import org.jspecify.annotations.NullMarked;
