/** Runs and tasks in PostgreSQL. */
@NullMarked
package dev.netbase.api.run.persistence;

import org.jspecify.annotations.NullMarked;
