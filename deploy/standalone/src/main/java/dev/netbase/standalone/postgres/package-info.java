/** The embedded PostgreSQL: its binaries, its cluster on disk, its settings. */
@NullMarked
package dev.netbase.standalone.postgres;

import org.jspecify.annotations.NullMarked;
