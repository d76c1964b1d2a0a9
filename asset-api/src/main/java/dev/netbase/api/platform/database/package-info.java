/** How the service reaches PostgreSQL. */
@NullMarked
package dev.netbase.api.platform.database;

import org.jspecify.annotations.NullMarked;
