/** The traces that runs belong to, and this service's spans in them. */
@NullMarked
package dev.netbase.scheduler.trace;

import org.jspecify.annotations.NullMarked;
