/** Brings the database schema up to date and says when it is. */
@NullMarked
package dev.netbase.api.platform.schema;

import org.jspecify.annotations.NullMarked;
