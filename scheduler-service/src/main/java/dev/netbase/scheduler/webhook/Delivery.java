package dev.netbase.scheduler.webhook;

import java.net.URI;

/**
 * A message to somebody, claimed for one attempt.
 *
 * @param id the same for every attempt
 * @param attempt from 1
 */
record Delivery(String id, String runId, URI url, String body, int attempt) {}
