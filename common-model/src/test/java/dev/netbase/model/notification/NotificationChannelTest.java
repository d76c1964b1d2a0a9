package dev.netbase.model.notification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.testing.TestDatabase;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NotificationChannelTest {
    private static final String NAME = "Told_-1";
    private final TestDatabase database = TestDatabase.empty();
    private final Vertx vertx = Vertx.vertx();
    private final Pool pool = Pool.newInstance(io.vertx.sqlclient.Pool.pool(
            vertx.getDelegate(),
            PgConnectOptions.fromUri(database.reactiveUrl())
                    .setUser(database.user())
                    .setPassword(database.password()),
            new PoolOptions().setMaxSize(3)));
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final NotificationChannel channel = new NotificationChannel(pool, NAME);

    @AfterEach
    void close() {
        channel.close();
        pool.closeAndAwait();
        vertx.closeAndAwait();
    }

    @Test
    void shouldHearWhatIsSaidOnceItGivesItsName() {
        assertThat(channel.name()).isEmpty();
        open();

        assertThat(say("one \u00e9")).isTrue();
        assertThat(say("two")).isTrue();

        soon().untilAsserted(() -> assertThat(heard).containsExactlyInAnyOrder("one \u00e9", "two"));
    }

    @Test
    void shouldSayWhatJustFits() {
        open();

        assertThat(say("x".repeat(NotificationChannel.MAX_BYTES + 1))).isFalse();
        assertThat(say("\u00e9".repeat(NotificationChannel.MAX_BYTES / 2) + "x"))
                .isTrue();

        soon().untilAsserted(() -> assertThat(heard).hasSize(1));
    }

    @Test
    void shouldKeepItsNameBackWhileItIsDeafAndListenAgain() {
        open();

        database.goAway();
        soon().until(() -> channel.name().isEmpty());
        database.comeBack();

        soon().until(() -> channel.name().isPresent());
        assertThat(say("again")).isTrue();
        soon().untilAsserted(() -> assertThat(heard).containsExactly("again"));
    }

    @Test
    void shouldListenAgainWhenOnlyItsConnectionIsLost() {
        open();

        database.execute("select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen %'");

        soon().untilAsserted(() -> {
            say("again");
            assertThat(heard).contains("again");
        });
    }

    @Test
    void shouldGiveItsNameToNobodyOnceItIsClosed() {
        open();

        channel.close();

        assertThat(channel.name()).isEmpty();
        assertThat(say("late")).isTrue();
        soon().during(Duration.ofMillis(500)).until(heard::isEmpty);
        assertThat(channel.name()).isEmpty();
    }

    private void open() {
        channel.open(heard::add);
        soon().until(() -> channel.name().isPresent());
    }

    private boolean say(String text) {
        return channel.say(NAME, text.getBytes(StandardCharsets.UTF_8));
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(30));
    }
}
