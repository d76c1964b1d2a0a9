/** Schedules over HTTP. */
@NullMarked
package dev.netbase.api.schedule.rest;

import org.jspecify.annotations.NullMarked;
