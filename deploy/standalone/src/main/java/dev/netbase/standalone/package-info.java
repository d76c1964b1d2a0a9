/** The command line of the embedded stack: {@code up} and {@code demo}. */
@NullMarked
package dev.netbase.standalone;

import org.jspecify.annotations.NullMarked;
