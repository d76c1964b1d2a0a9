/** Where runs' ends may be told of. */
@NullMarked
package dev.netbase.model.webhook;

import org.jspecify.annotations.NullMarked;
