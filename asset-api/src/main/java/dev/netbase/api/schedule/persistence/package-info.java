/** Schedules in SQL. */
@NullMarked
package dev.netbase.api.schedule.persistence;

import org.jspecify.annotations.NullMarked;
