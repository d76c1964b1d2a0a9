/** The HTTP service of Netbase. */
@NullMarked
package dev.netbase.api;

import org.jspecify.annotations.NullMarked;
