package dev.netbase.scheduler.admission;

import dev.netbase.model.run.UnfinishedSql;
import dev.netbase.scheduler.admission.AdmissionChoice.ActiveRuns;
import dev.netbase.scheduler.admission.AdmissionChoice.Candidate;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.Database.Statements;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** Held and active runs in the database. A run is active from when it may start until it ends. */
@ApplicationScoped
public class AdmissionStore {
    /** The most runs of a workflow that one look considers. */
    static final int CANDIDATES = 500;

    /** Only whoever has this lock admits, so that a limit holds for all schedulers together. */
    private static final long LOCK = 0x6e65_7462_6173_6501L;

    private static final String STANDING = """
            select (select count(*) from workflow_runs r where %s and r.check_at < 'infinity') as active,
                exists (select 1 from workflow_runs where held and finished_at is null) as held""".formatted(UnfinishedSql.condition("r"));

    /** A sub-workflow's run never waits: the run above would wait with it, and keep the room it waits for. */
    private static final String HOLD = """
            update workflow_runs set held = true, check_at = 'infinity'
            where id = any($1::text[]) and status = 'PENDING' and not held and not cancelling and finished_at is null
                and parent_run_id is null
            returning id""";

    private static final String ACTIVE = """
            select r.workflow_id, r.owner_id, count(*) as runs from workflow_runs r
            where %s and r.check_at < 'infinity' group by r.workflow_id, r.owner_id""".formatted(UnfinishedSql.condition("r"));

    /** Steps from workflow to workflow and takes the first of each by index, however many runs wait. */
    private static final String WAITING = """
            with recursive waiting as (
                (select workflow_id from workflow_runs where held and finished_at is null order by workflow_id limit 1)
                union all
                select (select r.workflow_id from workflow_runs r
                        where r.held and r.finished_at is null and r.workflow_id > w.workflow_id
                        order by r.workflow_id limit 1)
                from waiting w where w.workflow_id is not null)
            select c.id, w.id as workflow_id, c.owner_id, w.max_runs
            from waiting
            join workflows w on w.id = waiting.workflow_id and not w.paused
            cross join lateral (
                select r.id, r.owner_id, r.priority from workflow_runs r
                where r.workflow_id = w.id and r.held and r.finished_at is null
                order by r.priority desc, r.id limit %d) c
            order by c.priority desc, c.id""".formatted(CANDIDATES);

    private static final String ADMIT = """
            update workflow_runs set held = false, check_at = clock_timestamp() + interval '5 seconds'
            where id = any($1::text[]) and held and finished_at is null returning id""";

    private final Database database;

    /** How things stand. */
    record Standing(int active, boolean held) {}

    /**
     * What a look came to.
     *
     * @param active runs that were active before
     * @param admitted runs that now may start
     * @param left whether others would start if there were room
     */
    record Look(int active, List<String> admitted, boolean left) {}

    public AdmissionStore(Database database) {
        this.database = database;
    }

    Standing standing() {
        Row row = database.query(STANDING).getFirst();
        return new Standing(Math.toIntExact(row.getLong("active")), row.getBoolean("held"));
    }

    /** Makes those of the runs wait that have not begun, and says which. */
    Set<String> hold(Collection<String> runIds) {
        return ids(database.query(HOLD, Tuple.of(runIds.toArray(new String[0]))));
    }

    /** Admits what {@code choice} picks, unless another scheduler is about it: then the answer is empty. */
    Optional<Look> admit(BiFunction<ActiveRuns, List<Candidate>, List<String>> choice) {
        return database.transaction(statements -> admit(statements, choice));
    }

    private static Optional<Look> admit(
            Statements statements, BiFunction<ActiveRuns, List<Candidate>, List<String>> choice) {
        boolean locked = statements
                .query("select pg_try_advisory_xact_lock($1) as locked", Tuple.of(LOCK))
                .getFirst()
                .getBoolean("locked");
        if (!locked) {
            return Optional.empty();
        }
        ActiveRuns active = new ActiveRuns();
        statements
                .query(ACTIVE, Tuple.tuple())
                .forEach(row -> active.add(
                        row.getLong("workflow_id"), row.getLong("owner_id"), Math.toIntExact(row.getLong("runs"))));
        int before = active.total();
        List<Candidate> waiting = statements.query(WAITING, Tuple.tuple()).stream()
                .map(row -> new Candidate(
                        row.getString("id"),
                        row.getLong("workflow_id"),
                        row.getLong("owner_id"),
                        row.getInteger("max_runs") == null ? Integer.MAX_VALUE : row.getInteger("max_runs")))
                .toList();
        List<String> chosen = choice.apply(active, waiting);
        if (!chosen.isEmpty()) {
            Set<String> admitted = ids(statements.query(ADMIT, Tuple.of(chosen.toArray(new String[0]))));
            chosen = chosen.stream().filter(admitted::contains).toList();
        }
        return Optional.of(new Look(before, chosen, waiting.size() > chosen.size() || waiting.size() >= CANDIDATES));
    }

    private static Set<String> ids(List<Row> rows) {
        return rows.stream().map(row -> row.getString("id")).collect(Collectors.toSet());
    }
}
