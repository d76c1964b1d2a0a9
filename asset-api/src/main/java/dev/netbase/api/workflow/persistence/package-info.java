/** Workflows in PostgreSQL. */
@NullMarked
package dev.netbase.api.workflow.persistence;

import org.jspecify.annotations.NullMarked;
