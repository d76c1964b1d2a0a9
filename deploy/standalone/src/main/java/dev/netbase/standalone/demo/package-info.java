/** Publishes and runs an example directory through the public HTTP API, as a user would. */
@NullMarked
package dev.netbase.standalone.demo;

import org.jspecify.annotations.NullMarked;
