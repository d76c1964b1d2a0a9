/**
 * Containers: one run of an image under limits, on an engine that speaks the Docker API or as a Kubernetes Job. Knows
 * nothing of groups and claims.
 */
@NullMarked
package dev.netbase.worker.container;

import org.jspecify.annotations.NullMarked;
