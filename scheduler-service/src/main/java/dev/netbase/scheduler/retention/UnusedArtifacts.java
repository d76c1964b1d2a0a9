package dev.netbase.scheduler.retention;

import dev.netbase.scheduler.platform.Database;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Removes artifacts that nothing refers to any more. What was stored, or stored again, within the grace period stays in any
 * case: a run under way may have it in hand before a row says so. References are looked for in all JSON of the runs that
 * are kept, in definitions, agents and schedules, and in the values that those refer to; when in doubt, a text that looks like one counts.
 */
final class UnusedArtifacts {
    private static final int MAX_CANDIDATES = 100_000;
    private static final int RUNS_AT_ONCE = 500;

    private static final String NEXT_RUNS =
            "select id from workflow_runs where id > $1 order by id limit %d".formatted(RUNS_AT_ONCE);

    private static final String OF_RUNS = referencesIn("""
            select inputs::text from workflow_runs where id = any($1::text[])
            union all select output::text from workflow_runs where id = any($1::text[])
            union all select inputs::text from task_instances where run_id = any($1::text[])
            union all select output::text from task_instances where run_id = any($1::text[])""");

    private static final String OF_OTHERS = referencesIn("""
            select definition::text from workflow_versions
            union all select inputs::text from schedules
            union all select config::text from agents
            union all select config::text from task_specs
            union all select body from webhook_deliveries where next_at is not null""");

    private final Database database;
    private final ArtifactFiles files;

    UnusedArtifacts(Database database, Path root) {
        this.database = database;
        this.files = new ArtifactFiles(root);
    }

    private static String referencesIn(String texts) {
        return "select distinct m[1] as sha256 from (%s) as t (text), regexp_matches(t.text, '[0-9a-f]{64}', 'g') as m"
                .formatted(texts);
    }

    /** Removes what is unused and was last stored before the grace period, and says how many. */
    long remove(Duration grace, Instant now) {
        Instant before = now.minus(grace);
        try {
            Set<String> unused = files.storedBefore(before, MAX_CANDIDATES);
            if (unused.isEmpty()) {
                return 0;
            }
            Set<String> used = new HashSet<>();
            use(database.query(OF_OTHERS), used);
            String place = "";
            List<String> runs;
            do {
                runs = database.query(NEXT_RUNS, Tuple.of(place)).stream()
                        .map(row -> row.getString("id"))
                        .toList();
                if (!runs.isEmpty()) {
                    use(database.query(OF_RUNS, Tuple.of(runs.toArray(new String[0]))), used);
                    place = runs.getLast();
                }
            } while (!runs.isEmpty());
            unused.removeAll(used);
            long removed = 0;
            for (String sha256 : unused) {
                removed += files.remove(sha256, before) ? 1 : 0;
            }
            return removed;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds what the rows refer to, and what that refers to. */
    private void use(List<Row> references, Set<String> used) throws IOException {
        Deque<String> open = new ArrayDeque<>();
        references.forEach(row -> open.add(row.getString("sha256")));
        while (!open.isEmpty()) {
            String sha256 = open.remove();
            if (used.add(sha256)) {
                open.addAll(files.referencesIn(sha256));
            }
        }
    }
}
