/** Notices lost workers. */
@NullMarked
package dev.netbase.scheduler.lease;

import org.jspecify.annotations.NullMarked;
