/** When schedules tick. */
@NullMarked
package dev.netbase.model.schedule;

import org.jspecify.annotations.NullMarked;
