package dev.netbase.worker.group.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.worker.group.application.Cancellation.Reason;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

class CancellationTest {
    private static final int RACES = 2_000;

    @Test
    void shouldKeepTheFirstReason() {
        Cancellation cancellation = new Cancellation();
        cancellation.request(Reason.RUN_CANCELLED);
        cancellation.request(Reason.LEASE_LOST);

        assertThat(cancellation.reason()).contains(Reason.RUN_CANCELLED);
    }

    @Test
    void shouldForestallOnlyWhatHasNotBegun() {
        Cancellation begun = new Cancellation();
        begun.begins();
        Cancellation waiting = new Cancellation();

        assertThat(begun.requestUnlessBegun(Reason.WORKER_STOPPING)).isFalse();
        assertThat(waiting.requestUnlessBegun(Reason.WORKER_STOPPING)).isTrue();

        waiting.begins();
        assertThat(waiting.reason()).contains(Reason.WORKER_STOPPING);
        begun.begins();
        assertThat(begun.reason()).isEmpty();
    }

    /** Either the task is given back and does not run, or it runs and is not given back. */
    @Test
    void shouldAgreeOnWhoWasFirst() throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        for (int race = 0; race < RACES; race++) {
            Cancellation cancellation = new Cancellation();
            CompletableFuture<Boolean> forestalled = CompletableFuture.supplyAsync(() -> {
                await(start);
                return cancellation.requestUnlessBegun(Reason.WORKER_STOPPING);
            });
            await(start);
            cancellation.begins();
            boolean runs = cancellation.reason().isEmpty();

            assertThat(forestalled.get()).as("race %d", race).isEqualTo(!runs);
        }
    }

    private static void await(CyclicBarrier start) {
        try {
            start.await();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
