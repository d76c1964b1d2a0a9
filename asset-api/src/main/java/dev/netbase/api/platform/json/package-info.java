/** How JSON is read and written over HTTP. */
@NullMarked
package dev.netbase.api.platform.json;

import org.jspecify.annotations.NullMarked;
