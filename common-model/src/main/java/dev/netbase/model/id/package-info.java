/** Identifiers that leave the system. */
@NullMarked
package dev.netbase.model.id;

import org.jspecify.annotations.NullMarked;
