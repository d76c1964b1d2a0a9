/** The stable codes of RFC 9457 problem details. */
@NullMarked
package dev.netbase.model.problem;

import org.jspecify.annotations.NullMarked;
