/** JSON as plain Java values, and the one mapper that reads and writes them. */
@NullMarked
package dev.netbase.model.json;

import org.jspecify.annotations.NullMarked;
