/** The service's clock. */
@NullMarked
package dev.netbase.api.platform.clock;

import org.jspecify.annotations.NullMarked;
