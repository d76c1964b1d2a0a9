/** Work beside the loop that happens now and then, on threads of its own. */
@NullMarked
package dev.netbase.scheduler.chore;

import org.jspecify.annotations.NullMarked;
