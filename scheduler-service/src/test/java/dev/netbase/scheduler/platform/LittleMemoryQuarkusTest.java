package dev.netbase.scheduler.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.id.Ids;
import dev.netbase.model.testing.TestDatabase;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** More runs under way than there is memory for: 40 KiB for the states of 20 runs, each of which takes about 2. */
@QuarkusTest
@QuarkusTestResource(BackingServices.class)
@TestProfile(LittleMemoryQuarkusTest.Profile.class)
class LittleMemoryQuarkusTest {
    private static final int RUNS = 20;
    private static final int TASKS = 20;

    @Inject
    MeterRegistry metrics;

    /** Little memory for states. */
    public static final class Profile implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("netbase.scheduler.cache-memory", "40K");
        }
    }

    @Test
    void shouldWriteAndReadNoMoreAtOnceThanThereIsMemoryFor() {
        TestDatabase database = BackingServices.database();
        define(database);
        List<String> runs = IntStream.range(0, RUNS)
                .mapToObj(any -> Ids.timeOrdered(System.currentTimeMillis()))
                .toList();
        String ids = "('" + String.join("','", runs) + "')";
        try (FakeWorker worker = new FakeWorker(database, BackingServices.brokers())) {
            database.execute("""
                    insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger)
                    select id, 900, 1, 1, 'PENDING', '{}', '{}' from unnest(array[%s]) as id""".formatted(ids.substring(1, ids.length() - 1)));
            List<FakeWorker.Task> tasks =
                    runs.stream().flatMap(run -> worker.receive(run).stream()).toList();
            assertThat(tasks).hasSize(RUNS * TASKS);
            assertThat(metrics.summary("netbase.scheduler.advance.tasks").max())
                    .as("the most tasks of one statement")
                    .isLessThanOrEqualTo(120);

            DistributionSummary reads = metrics.summary("netbase.scheduler.read.runs");
            long readsBefore = reads.count();
            double runsBefore = reads.totalAmount();
            tasks.forEach(task -> worker.completeSilently(task, "{\"n\":1}"));

            await().atMost(Duration.ofSeconds(30))
                    .until(() -> database.query(
                                    "select count(*) from workflow_runs where status = 'COMPLETED' and id in " + ids)
                            .equals(Integer.toString(RUNS)));
            assertThat(reads.totalAmount() - runsBefore).isGreaterThanOrEqualTo(RUNS);
            assertThat((reads.totalAmount() - runsBefore) / (reads.count() - readsBefore))
                    .as("runs that are read at once, each of them taking more than there is room for")
                    .isEqualTo(1);
        }
    }

    private static void define(TestDatabase database) {
        Registered registered = new Registered(database, 1);
        registered.agent(900, "little");
        List<Integer> elements = IntStream.range(0, TASKS).boxed().toList();
        registered.workflow(
                900,
                "little",
                "{\"nodes\":[{\"key\":\"a\",\"agent\":\"little\",\"for_each\":%s}]}".formatted(elements));
    }
}
