package dev.netbase.scheduler.webhook;

import dev.netbase.model.webhook.WebhookRules;
import dev.netbase.scheduler.chore.Chore;
import dev.netbase.scheduler.platform.RunLog;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/** Tells those whom definitions name of the ends of runs: at least once, with growing waits, a bounded number of times. */
@ApplicationScoped
public class Webhooks implements Chore {
    private static final Logger LOG = Logger.getLogger(Webhooks.class);
    private static final Duration LONGEST_BACKOFF = Duration.ofHours(6);
    private static final int BACKOFF_FACTOR = 4;
    private static final int GONE = 410;
    private static final int MAX_ERROR_CHARS = 500;

    private final WebhookStore store;
    private final WebhookConfig config;
    private final WebhookClient client;
    private final Counter delivered;
    private final Counter failed;

    public Webhooks(WebhookStore store, WebhookConfig config, Vertx vertx, MeterRegistry metrics) {
        this.store = store;
        this.config = config;
        this.client = new WebhookClient(
                vertx,
                WebhookRules.of(config.allowedOrigins().orElse(List.of()), config.allowPrivateAddresses()),
                config.timeout());
        this.delivered = metrics.counter("netbase.scheduler.webhooks.delivered");
        this.failed = metrics.counter("netbase.scheduler.webhooks.failed");
    }

    @Override
    public String name() {
        return "webhooks";
    }

    @Override
    public Duration interval() {
        return Duration.ofMillis(500);
    }

    @Override
    public void turn() {
        int ended;
        do {
            ended = store.collect(Instant.now());
        } while (ended == WebhookStore.RUNS_AT_ONCE);
        List<Delivery> due = store.claim();
        if (due.isEmpty()) {
            return;
        }
        Map<Delivery, CompletableFuture<Integer>> attempts = new LinkedHashMap<>();
        due.forEach(delivery -> attempts.put(delivery, attempt(delivery)));
        attempts.forEach(this::conclude);
    }

    private CompletableFuture<Integer> attempt(Delivery delivery) {
        try {
            long timestamp = Instant.now().getEpochSecond();
            return client.post(
                    delivery.url(),
                    delivery.body(),
                    Map.of(
                            "webhook-id", delivery.id(),
                            "webhook-timestamp", String.valueOf(timestamp),
                            "webhook-signature", signature().of(delivery.id(), timestamp, delivery.body())));
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private Signature signature() throws IOException {
        return Signature.with(Files.readAllLines(config.secretFile()
                .orElseThrow(() -> new IllegalArgumentException("netbase.webhooks.secret-file is not set"))));
    }

    private void conclude(Delivery delivery, CompletableFuture<Integer> attempt) {
        try {
            int status = attempt.get(config.timeout().plusSeconds(10).toMillis(), TimeUnit.MILLISECONDS);
            if (status >= 200 && status < 300) {
                store.delivered(delivery);
                delivered.increment();
                return;
            }
            fail(delivery, "it answered with the status " + status, status == GONE);
        } catch (ExecutionException e) {
            fail(
                    delivery,
                    String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()),
                    false);
        } catch (TimeoutException e) {
            attempt.cancel(false);
            fail(delivery, "it did not answer in time", false);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void fail(Delivery delivery, String error, boolean forGood) {
        failed.increment();
        boolean last = forGood || delivery.attempt() >= config.maxAttempts();
        RunLog.about(
                delivery.runId(),
                () -> LOG.warnf(
                        "webhook %s to %s failed in attempt %d%s: %s",
                        delivery.id(), delivery.url().getHost(), delivery.attempt(), last ? ", the last" : "", error));
        store.failed(
                delivery,
                error.substring(0, Math.min(error.length(), MAX_ERROR_CHARS)).replace('\0', ' '),
                last ? null : backoff(config.firstBackoff(), delivery.attempt()));
    }

    /** The wait after the attempt of this number. */
    static Duration backoff(Duration first, int attempt) {
        double millis = first.toMillis() * Math.pow(BACKOFF_FACTOR, attempt - 1.0);
        return millis >= LONGEST_BACKOFF.toMillis() ? LONGEST_BACKOFF : Duration.ofMillis((long) millis);
    }
}
