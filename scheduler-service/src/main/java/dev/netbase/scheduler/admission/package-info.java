/** Which of the runs that wait start next: pauses, limits and priorities. */
@NullMarked
package dev.netbase.scheduler.admission;

import org.jspecify.annotations.NullMarked;
