/** Runs, tasks and artifacts over HTTP. */
@NullMarked
package dev.netbase.api.run.rest;

import org.jspecify.annotations.NullMarked;
