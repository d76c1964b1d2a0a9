/** Who calls: the bootstrap admin's bearer token. */
@NullMarked
package dev.netbase.api.platform.security;

import org.jspecify.annotations.NullMarked;
