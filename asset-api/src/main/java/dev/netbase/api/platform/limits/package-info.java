/** The operator's caps on what tasks may use. */
@NullMarked
package dev.netbase.api.platform.limits;

import org.jspecify.annotations.NullMarked;
