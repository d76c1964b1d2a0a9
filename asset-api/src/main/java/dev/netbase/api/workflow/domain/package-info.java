/** Workflows as the registry keeps them. */
@NullMarked
package dev.netbase.api.workflow.domain;

import org.jspecify.annotations.NullMarked;
