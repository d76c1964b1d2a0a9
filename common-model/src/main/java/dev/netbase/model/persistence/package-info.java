/** The registry's tables as JPA entities. They never leave the persistence adapters. */
@NullMarked
package dev.netbase.model.persistence;

import org.jspecify.annotations.NullMarked;
