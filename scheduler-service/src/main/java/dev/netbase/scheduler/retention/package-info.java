/** Removes what nobody wants to keep. */
@NullMarked
package dev.netbase.scheduler.retention;

import org.jspecify.annotations.NullMarked;
