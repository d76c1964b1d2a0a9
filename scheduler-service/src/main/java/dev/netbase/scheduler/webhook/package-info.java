/** Tells others of the ends of runs. */
@NullMarked
package dev.netbase.scheduler.webhook;

import org.jspecify.annotations.NullMarked;
