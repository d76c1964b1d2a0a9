/** What a schedule is. */
@NullMarked
package dev.netbase.api.schedule.domain;

import org.jspecify.annotations.NullMarked;
