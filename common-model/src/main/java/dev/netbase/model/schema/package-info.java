/** JSON Schema for the inputs of workflows. */
@NullMarked
package dev.netbase.model.schema;

import org.jspecify.annotations.NullMarked;
