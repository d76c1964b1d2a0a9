/**
 * Child processes that are kept alive, and that never outlive their supervisor. Knows nothing of what the children do.
 */
@NullMarked
package dev.netbase.standalone.process;

import org.jspecify.annotations.NullMarked;
