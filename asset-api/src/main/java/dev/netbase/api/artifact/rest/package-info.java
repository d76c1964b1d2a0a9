/** Artifacts over HTTP. */
@NullMarked
package dev.netbase.api.artifact.rest;

import org.jspecify.annotations.NullMarked;
