/** Asset packages as every service and client sees them. */
@NullMarked
package dev.netbase.model.asset;

import org.jspecify.annotations.NullMarked;
