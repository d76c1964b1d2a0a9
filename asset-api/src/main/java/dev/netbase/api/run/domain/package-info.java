/** Runs and tasks as a reader sees them. Plain Java. */
@NullMarked
package dev.netbase.api.run.domain;

import org.jspecify.annotations.NullMarked;
