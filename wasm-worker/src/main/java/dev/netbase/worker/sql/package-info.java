/**
 * SQL scripts on the operator's data sources: a script taken apart, its parameters bound, run as one transaction, its
 * last result as JSON. Knows nothing of groups and claims.
 */
@NullMarked
package dev.netbase.worker.sql;

import org.jspecify.annotations.NullMarked;
