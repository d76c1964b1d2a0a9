/** Where artifacts are kept. */
@NullMarked
package dev.netbase.api.artifact.store;

import org.jspecify.annotations.NullMarked;
