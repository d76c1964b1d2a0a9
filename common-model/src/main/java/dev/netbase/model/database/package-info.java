/** How services reach PostgreSQL. */
@NullMarked
package dev.netbase.model.database;

import org.jspecify.annotations.NullMarked;
