/** What is kept in memory, within bounds. */
@NullMarked
package dev.netbase.model.cache;

import org.jspecify.annotations.NullMarked;
