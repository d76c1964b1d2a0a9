/** Workflows over HTTP. */
@NullMarked
package dev.netbase.api.workflow.rest;

import org.jspecify.annotations.NullMarked;
