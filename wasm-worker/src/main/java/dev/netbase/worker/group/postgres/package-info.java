/** Claims, specs, results and leases in PostgreSQL: one statement each for as many tasks as there are. */
@NullMarked
package dev.netbase.worker.group.postgres;

import org.jspecify.annotations.NullMarked;
