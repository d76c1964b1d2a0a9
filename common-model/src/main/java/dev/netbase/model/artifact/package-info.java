/** Content-addressed storage for values and files too large to pass inline. */
@NullMarked
package dev.netbase.model.artifact;

import org.jspecify.annotations.NullMarked;
