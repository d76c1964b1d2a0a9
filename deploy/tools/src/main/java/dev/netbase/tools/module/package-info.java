/** {@code ./netbase module}: one module, run or inspected by the very code that the services use. */
@NullMarked
package dev.netbase.tools.module;

import org.jspecify.annotations.NullMarked;
