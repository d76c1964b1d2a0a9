package dev.netbase.worker.group.domain;

/**
 * This worker's registration. A task that it claims belongs to (worker, epoch); the epoch is the fencing token, one
 * higher with every registration under the same name.
 */
public record Lease(String workerId, long epoch) {}
