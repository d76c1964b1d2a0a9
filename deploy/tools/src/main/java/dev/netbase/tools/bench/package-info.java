/** {@code ./netbase bench engine}: the sandbox alone, beside the same work without Java. */
@NullMarked
package dev.netbase.tools.bench;

import org.jspecify.annotations.NullMarked;
