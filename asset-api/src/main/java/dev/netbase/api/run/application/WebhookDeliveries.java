package dev.netbase.api.run.application;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.run.domain.WebhookDelivery;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

/** Messages about runs' ends; the scheduler sends them. */
public interface WebhookDeliveries {
    /** Those about a run, oldest first; empty if there is no such run. */
    Uni<Optional<Page<WebhookDelivery>>> of(String runId, PageRequest page);
}
