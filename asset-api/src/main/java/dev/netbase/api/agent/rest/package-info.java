/** Agents over HTTP. */
@NullMarked
package dev.netbase.api.agent.rest;

import org.jspecify.annotations.NullMarked;
