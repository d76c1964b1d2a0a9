/** Workflow definitions: parsing, validation, the graph, configuration layers. */
@NullMarked
package dev.netbase.model.definition;

import org.jspecify.annotations.NullMarked;
