/** The expression language of workflow definitions, on top of CEL. */
@NullMarked
package dev.netbase.model.expression;

import org.jspecify.annotations.NullMarked;
