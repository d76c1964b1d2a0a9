/** Published files on disk. */
@NullMarked
package dev.netbase.api.asset.store;

import org.jspecify.annotations.NullMarked;
