/** Starting, watching and cancelling runs: the use cases and the ports they need. */
@NullMarked
package dev.netbase.api.run.application;

import org.jspecify.annotations.NullMarked;
