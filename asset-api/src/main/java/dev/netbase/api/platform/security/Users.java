package dev.netbase.api.platform.security;

import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Users by the name they authenticate with. */
@ApplicationScoped
public class Users {
    /** The bootstrap user, who may do everything. */
    public static final String ADMIN = "admin";

    private final Pool pool;
    private final SecurityIdentity caller;
    private final Map<String, Long> idsBySubject = new ConcurrentHashMap<>();

    Users(Pool pool, SecurityIdentity caller) {
        this.pool = pool;
        this.caller = caller;
    }

    /** The id of the user who makes the current request. */
    public Uni<Long> callerId() {
        String subject = caller.getPrincipal().getName();
        Long known = idsBySubject.get(subject);
        if (known != null) {
            return Uni.createFrom().item(known);
        }
        return pool.preparedQuery("""
                        insert into users (subject, display_name) values ($1, $1)
                        on conflict (subject) do update set subject = excluded.subject
                        returning id""")
                .execute(Tuple.of(subject))
                .map(RowSet<Row>::iterator)
                .map(rows -> rows.next().getLong("id"))
                .invoke(id -> idsBySubject.put(subject, id));
    }
}
