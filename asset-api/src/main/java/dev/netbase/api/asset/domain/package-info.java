/** What a published version may be: paths, version numbers, files. Plain Java. */
@NullMarked
package dev.netbase.api.asset.domain;

import org.jspecify.annotations.NullMarked;
