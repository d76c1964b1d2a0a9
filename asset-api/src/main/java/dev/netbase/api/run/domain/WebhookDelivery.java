package dev.netbase.api.run.domain;

import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A message about a run's end to somebody.
 *
 * @param id the header {@code webhook-id} of every attempt
 * @param attempts how often it was sent so far
 * @param nextAt when it is sent again; null once it was delivered or given up
 * @param deliveredAt when it was taken; null if it was not
 * @param error why the last attempt failed; null if none has, or it was delivered
 */
public record WebhookDelivery(
        String id,
        String url,
        int attempts,
        @Nullable OffsetDateTime nextAt,
        @Nullable OffsetDateTime deliveredAt,
        @Nullable String error,
        OffsetDateTime createdAt) {}
