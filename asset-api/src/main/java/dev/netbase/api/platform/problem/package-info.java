/** Errors as RFC 9457 problem details, whatever raised them. */
@NullMarked
package dev.netbase.api.platform.problem;

import org.jspecify.annotations.NullMarked;
