/** What PostgreSQL believes of the tables' sizes. */
@NullMarked
package dev.netbase.scheduler.statistics;

import org.jspecify.annotations.NullMarked;
