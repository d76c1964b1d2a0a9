/** What the stack consists of: its data directory, its ports, its services, and the order in which they start and stop. */
@NullMarked
package dev.netbase.standalone.stack;

import org.jspecify.annotations.NullMarked;
