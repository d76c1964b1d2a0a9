package dev.netbase.scheduler.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.scheduler.platform.PlainDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Admission on a real PostgreSQL. */
class AdmissionTest {
    private static PlainDatabase database;
    private static AdmissionStore store;

    @BeforeAll
    static void start() {
        database = new PlainDatabase();
        store = new AdmissionStore(database.database());
        database.workflow(1, "");
        database.workflow(2, "");
        database.workflow(3, "");
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void clear() {
        database.execute("delete from workflow_runs; update workflows set paused = false, max_runs = null");
    }

    private static void runs(String prefix, int count, int workflow, int priority, boolean held) {
        database.execute("""
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, priority,
                    held, check_at)
                select '%s' || lpad(i::text, 6, '0'), %d, 1, 1, 'PENDING', '{}', '{}', %d, %b,
                    case when %b then 'infinity' else now() end
                from generate_series(1, %d) i""", prefix, workflow, priority, held, held, count);
    }

    private static List<String> admit(int maxActive) {
        return store.admit(new AdmissionChoice(maxActive, OptionalInt.empty())::choose)
                .orElseThrow()
                .admitted();
    }

    @Test
    void shouldLetHighPrioritiesOvertakeABacklogOfAHundredThousand() {
        runs("low", 100_000, 1, 0, true);
        runs("lower", 5, 2, -1, true);
        runs("high", 3, 3, 10, true);
        runs("same", 1, 1, 10, true);
        database.execute("analyze workflow_runs");

        List<String> admitted = admit(6);

        assertThat(admitted)
                .containsExactly("high000001", "high000002", "high000003", "same000001", "low000001", "low000002");
        assertThat(admit(6)).as("no room").isEmpty();
        assertThat(database.query(
                        "select count(*) from workflow_runs where not held and check_at < now() + interval '1 minute'"))
                .isEqualTo("6");
        database.execute("update workflow_runs set status = 'COMPLETED', finished_at = now() where id like 'high%%'");
        assertThat(admit(6)).containsExactly("low000003", "low000004", "low000005");
    }

    @Test
    void shouldLeaveThePausedAloneAndKeepLimits() {
        runs("paused", 2, 1, 50, true);
        runs("limited", 3, 2, 0, true);
        runs("active", 1, 2, 0, false);
        database.execute(
                "update workflows set paused = true where id = 1; update workflows set max_runs = 2 where id = 2");

        assertThat(admit(100)).containsExactly("limited000001");
        database.execute("update workflows set paused = false where id = 1");
        assertThat(admit(100)).containsExactly("paused000001", "paused000002");
    }

    @Test
    void shouldBoundTheRunsOfEachOwnerWhateverTheirWorkflows() {
        runs("active", 1, 1, 0, false);
        runs("mine", 2, 1, 5, true);
        runs("mine-too", 2, 2, 0, true);
        runs("theirs", 3, 3, -5, true);
        database.execute("update workflow_runs set owner_id = 2 where id like 'theirs%%'");

        List<String> admitted = store.admit(new AdmissionChoice(100, OptionalInt.of(2))::choose)
                .orElseThrow()
                .admitted();

        assertThat(admitted).containsExactly("mine000001", "theirs000001", "theirs000002");
    }

    @Test
    void shouldHoldOnlyWhatHasNotBegun() {
        runs("new", 2, 1, 0, false);
        database.execute("update workflow_runs set status = 'RUNNING' where id = 'new000002'");

        assertThat(store.hold(List.of("new000001", "new000002", "gone"))).containsExactly("new000001");
        assertThat(store.standing()).isEqualTo(new AdmissionStore.Standing(1, true));
    }

    @Test
    void shouldKeepALimitThoughTwoSchedulersAdmitAtOnce() throws Exception {
        runs("many", 200, 1, 0, true);
        database.execute("update workflows set max_runs = 7 where id = 1");
        AdmissionStore other = new AdmissionStore(database.open());
        List<Callable<List<String>>> looks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            AdmissionStore one = i % 2 == 0 ? store : other;
            looks.add(() -> one.admit(new AdmissionChoice(100, OptionalInt.empty())::choose)
                    .map(AdmissionStore.Look::admitted)
                    .orElse(List.of()));
        }

        List<String> admitted = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            for (var look : threads.invokeAll(looks)) {
                admitted.addAll(look.get());
            }
        }

        assertThat(admitted).hasSize(7).doesNotHaveDuplicates();
    }
}
