/** Stored bytes over HTTP: entity tags and ranges. */
@NullMarked
package dev.netbase.api.platform.content;

import org.jspecify.annotations.NullMarked;
