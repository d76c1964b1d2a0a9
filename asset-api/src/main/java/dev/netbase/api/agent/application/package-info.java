/** Defining and changing agents: the use cases and the port they need. */
@NullMarked
package dev.netbase.api.agent.application;

import org.jspecify.annotations.NullMarked;
