/** Workflow runs as every service and client sees them. */
@NullMarked
package dev.netbase.model.run;

import org.jspecify.annotations.NullMarked;
