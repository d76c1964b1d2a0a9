/** Runs in PostgreSQL. */
@NullMarked
package dev.netbase.scheduler.run.adapter;

import org.jspecify.annotations.NullMarked;
