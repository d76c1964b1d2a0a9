/** Lists in pages. */
@NullMarked
package dev.netbase.api.platform.paging;

import org.jspecify.annotations.NullMarked;
