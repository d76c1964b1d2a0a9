/** Agents in PostgreSQL. */
@NullMarked
package dev.netbase.api.agent.persistence;

import org.jspecify.annotations.NullMarked;
