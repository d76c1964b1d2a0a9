/** Making, changing and showing schedules. */
@NullMarked
package dev.netbase.api.schedule.application;

import org.jspecify.annotations.NullMarked;
