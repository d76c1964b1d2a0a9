/** Asset packages over HTTP. */
@NullMarked
package dev.netbase.api.asset.rest;

import org.jspecify.annotations.NullMarked;
