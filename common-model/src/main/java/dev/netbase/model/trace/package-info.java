/** Traces across services: the W3C header that carries them. */
@NullMarked
package dev.netbase.model.trace;

import org.jspecify.annotations.NullMarked;
