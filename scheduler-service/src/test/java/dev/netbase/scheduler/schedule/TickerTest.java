package dev.netbase.scheduler.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.PlainDatabase;
import dev.netbase.scheduler.run.application.Definitions;
import dev.netbase.scheduler.trace.RunTraces;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Schedules on a real PostgreSQL, with the time given by the test. */
class TickerTest {
    private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");
    private static PlainDatabase database;
    private static Ticker ticker;

    @BeforeAll
    static void start() {
        database = new PlainDatabase();
        ticker = ticker(database.database());
        database.workflow(1, ",\"priority\":4");
        database.workflow(2, ",\"input_schema\":{\"required\":[\"text\"]}");
    }

    private static Ticker ticker(Database on) {
        return new Ticker(
                on, new Definitions(on), new RunTraces(OpenTelemetry.noop().getTracer("test")));
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void clear() {
        database.execute("delete from schedule_ticks; delete from schedules; delete from workflow_runs;"
                + " update workflows set paused = false");
    }

    private static void schedule(int id, int workflow, String catchUp, String overlap) {
        database.execute("""
                insert into schedules (id, name, workflow_id, cron, time_zone, inputs, catch_up, overlap, next_at, owner_id)
                values (%1$d, 's%1$d', %2$d, '*/10 * * * *', 'UTC', '{"n":1.50}', '%3$s', '%4$s', '%5$s', 2)""", id, workflow, catchUp, overlap, NOON);
    }

    private static String outcomes(int id) {
        return database.query(
                "select coalesce(string_agg(outcome, ' ' order by tick_at), '') from schedule_ticks where schedule_id = %d",
                id);
    }

    private static Instant minutes(int minutes) {
        return NOON.plus(Duration.ofMinutes(minutes));
    }

    private static void finishAll() {
        database.execute("update workflow_runs set status = 'COMPLETED', finished_at = now()");
    }

    @Test
    void shouldStartARunThatSaysWhereItComesFrom() {
        schedule(1, 1, "skip", "allow");

        assertThat(ticker.tick(minutes(0).minusSeconds(1))).isEmpty();
        List<Ticker.Made> made = ticker.tick(minutes(0));

        assertThat(made).hasSize(1);
        String runId = made.getFirst().runId();
        assertThat(database.query("select trigger::text from workflow_runs where id = '%s'", runId))
                .isEqualTo(
                        "{\"type\":\"schedule\",\"schedule_id\":1,\"schedule\":\"s1\",\"tick_at\":\"2026-03-01T12:00:00Z\"}");
        assertThat(database.query(
                        "select inputs::text || priority || owner_id || status from workflow_runs where id = '%s'",
                        runId))
                .isEqualTo("{\"n\":1.50}42PENDING");
        assertThat(database.query("select last_run_id from schedules")).isEqualTo(runId);
        assertThat(database.query("select next_at = '%s' from schedules", minutes(10)))
                .isEqualTo("t");
        assertThat(ticker.tick(minutes(0))).as("decided once").isEmpty();
        database.execute("update schedules set next_at = '%s'", NOON);
        assertThat(ticker.tick(minutes(0))).as("whatever the row says").isEmpty();
    }

    @Test
    void shouldCatchUpAsThePolicySays() {
        schedule(1, 1, "skip", "allow");
        schedule(2, 1, "one", "allow");
        schedule(3, 1, "all", "allow");

        ticker.tick(minutes(35));

        assertThat(outcomes(1)).isEmpty();
        assertThat(outcomes(2)).isEqualTo("STARTED");
        assertThat(database.query("select tick_at = '%s' from schedule_ticks where schedule_id = 2", minutes(30)))
                .isEqualTo("t");
        assertThat(outcomes(3)).isEqualTo("STARTED STARTED STARTED STARTED");
        assertThat(database.query("select count(*) from schedules where next_at = '%s'", minutes(40)))
                .isEqualTo("3");
    }

    @Test
    void shouldSkipOrQueueWhileARunGoesOn() {
        schedule(1, 1, "skip", "skip");
        schedule(2, 1, "skip", "queue");
        for (int tick = 0; tick <= 20; tick += 10) {
            ticker.tick(minutes(tick));
        }

        assertThat(outcomes(1)).isEqualTo("STARTED SKIPPED SKIPPED");
        assertThat(outcomes(2)).isEqualTo("STARTED QUEUED QUEUED");
        finishAll();
        assertThat(ticker.tick(minutes(21))).hasSize(1);
        assertThat(outcomes(2)).isEqualTo("STARTED STARTED QUEUED");
        assertThat(ticker.tick(minutes(22))).as("the second one goes on").isEmpty();
        finishAll();
        assertThat(ticker.tick(minutes(23))).hasSize(1);
        assertThat(outcomes(2)).isEqualTo("STARTED STARTED STARTED");
        finishAll();
        ticker.tick(minutes(30));
        assertThat(outcomes(1)).isEqualTo("STARTED SKIPPED SKIPPED STARTED");
    }

    @Test
    void shouldHoldRunsOfAPausedWorkflowAndRefuseInputsThatItsSchemaDoes() {
        schedule(1, 1, "skip", "allow");
        schedule(2, 2, "skip", "allow");
        database.execute("update workflows set paused = true where id = 1");

        List<Ticker.Made> made = ticker.tick(minutes(0));

        assertThat(made).extracting(Ticker.Made::held).containsExactly(true);
        assertThat(outcomes(2)).isEqualTo("REFUSED");
        assertThat(database.query("select reason from schedule_ticks where schedule_id = 2"))
                .contains("inputs.text");
        assertThat(database.query("select next_at = '%s' from schedules where id = 2", minutes(10)))
                .isEqualTo("t");
    }

    @Test
    void shouldNeverStartATickTwiceThoughTwoSchedulersRace() throws Exception {
        int schedules = 30;
        for (int i = 1; i <= schedules; i++) {
            schedule(i, 1, "all", "allow");
        }
        int rounds = 5;
        CyclicBarrier together = new CyclicBarrier(2);
        List<Callable<List<String>>> racers = new ArrayList<>();
        for (Database each : List.of(database.open(), database.open())) {
            Ticker racer = ticker(each);
            racers.add(() -> {
                List<String> made = new ArrayList<>();
                for (int round = 0; round < rounds; round++) {
                    together.await();
                    racer.tick(minutes(10 * round)).forEach(run -> made.add(run.runId()));
                }
                return made;
            });
        }

        List<String> made = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (var racer : threads.invokeAll(racers)) {
                made.addAll(racer.get());
            }
        }
        ticker.tick(minutes(10 * (rounds - 1))).forEach(run -> made.add(run.runId()));

        assertThat(made).hasSize(schedules * rounds).doesNotHaveDuplicates();
        assertThat(database.query("select count(*) from workflow_runs")).isEqualTo(String.valueOf(schedules * rounds));
        assertThat(database.query(
                        "select count(distinct (schedule_id, tick_at)) from schedule_ticks where outcome = 'STARTED'"))
                .isEqualTo(String.valueOf(schedules * rounds));
    }
}
