package dev.netbase.worker.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EndedGuestsTest {
    @Test
    void shouldTellOfEachOnceAndOfNoMoreAtATimeThanItMay() throws InterruptedException {
        int threads = 4;
        int each = 20_000;
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger mostAtOnce = new AtomicInteger();
        CountDownLatch told = new CountDownLatch(threads * each);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            EndedGuests ended = new EndedGuests(executor, 2);
            List<Thread> guests = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                guests.add(Thread.ofPlatform().start(() -> {
                    for (int n = 0; n < each; n++) {
                        ended.add(() -> {
                            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                            atOnce.decrementAndGet();
                            told.countDown();
                        });
                    }
                }));
            }
            for (Thread guest : guests) {
                guest.join();
            }
            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(mostAtOnce.get()).isBetween(1, 2);
    }

    @Test
    void shouldGoOnWhenWhoeverIsToldFails() throws InterruptedException {
        CountDownLatch told = new CountDownLatch(2);
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            EndedGuests ended = new EndedGuests(executor, 1);
            for (int i = 0; i < 2; i++) {
                ended.add(() -> {
                    told.countDown();
                    throw new IllegalStateException("of the listener");
                });
            }
            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** At the end of the worker guests are still told of. */
    @Test
    void shouldTellOnTheGuestsThreadIfThereIsNoOther() {
        List<Thread> told = new ArrayList<>();
        EndedGuests ended = new EndedGuests(
                work -> {
                    throw new RejectedExecutionException();
                },
                1);

        ended.add(() -> told.add(Thread.currentThread()));
        ended.add(() -> told.add(Thread.currentThread()));

        assertThat(told).containsExactly(Thread.currentThread(), Thread.currentThread());
    }
}
