/** Asset packages in PostgreSQL. */
@NullMarked
package dev.netbase.api.asset.persistence;

import org.jspecify.annotations.NullMarked;
