/** What authors of modules use without a stack: {@code ./netbase module}, and the sandbox's benchmark. */
@NullMarked
package dev.netbase.tools;

import org.jspecify.annotations.NullMarked;
