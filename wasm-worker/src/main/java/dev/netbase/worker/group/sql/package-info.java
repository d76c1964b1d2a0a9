/** {@code run_sql}: tasks of SQL agents, on the operator's data sources. */
@NullMarked
package dev.netbase.worker.group.sql;

import org.jspecify.annotations.NullMarked;
