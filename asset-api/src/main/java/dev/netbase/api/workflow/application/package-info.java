/** Defining workflows: the use cases and the port they need. */
@NullMarked
package dev.netbase.api.workflow.application;

import org.jspecify.annotations.NullMarked;
