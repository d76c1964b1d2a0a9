package dev.netbase.api.run.persistence;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.run.application.WebhookDeliveries;
import dev.netbase.api.run.domain.WebhookDelivery;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Deliveries in {@code webhook_deliveries}. */
@ApplicationScoped
public class SqlWebhookDeliveries implements WebhookDeliveries {
    private static final String TOTAL = """
            select (select count(*) from webhook_deliveries d where d.run_id = r.id) as total
            from workflow_runs r where r.id = $1""";

    private static final String LIST = """
            select id, url, attempts, next_at, delivered_at, error, created_at from webhook_deliveries
            where run_id = $1 order by id limit $2::bigint offset $3::bigint""";

    private final Pool pool;

    SqlWebhookDeliveries(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Uni<Optional<Page<WebhookDelivery>>> of(String runId, PageRequest page) {
        return pool.preparedQuery(TOTAL).execute(Tuple.of(runId)).flatMap(totals -> {
            if (totals.size() == 0) {
                return Uni.createFrom().item(Optional.<Page<WebhookDelivery>>empty());
            }
            long total = totals.iterator().next().getLong("total");
            return pool.preparedQuery(LIST)
                    .execute(Tuple.of(runId, page.size(), page.offset()))
                    .map(rows -> {
                        List<WebhookDelivery> items = new ArrayList<>(rows.size());
                        rows.forEach(row -> items.add(delivery(row)));
                        return Optional.of(Page.of(items, page, total));
                    });
        });
    }

    private static WebhookDelivery delivery(Row row) {
        return new WebhookDelivery(
                row.getString("id"),
                row.getString("url"),
                row.getInteger("attempts"),
                row.getOffsetDateTime("next_at"),
                row.getOffsetDateTime("delivered_at"),
                row.getString("error"),
                row.getOffsetDateTime("created_at"));
    }
}
