/** Starts runs by the clock. */
@NullMarked
package dev.netbase.scheduler.schedule;

import org.jspecify.annotations.NullMarked;
