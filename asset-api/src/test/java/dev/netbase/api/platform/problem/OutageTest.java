package dev.netbase.api.platform.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutageTest {
    @Test
    void shouldKnowADatabaseThatIsAwayHoweverTheClientSaysIt() {
        List<Throwable> outages = List.of(
                new ConnectException("Connection refused"),
                new IOException("Connection reset by peer"),
                ClosedConnectionException.INSTANCE,
                new NoStackTraceThrowable("Connection is not active now, current status: CLOSED"),
                new NoStackTraceThrowable("Timeout"),
                new PgException("the database system is starting up", "FATAL", "57P03", null),
                new IllegalStateException(new PgException("too many clients", "FATAL", "53300", null)));

        assertThat(outages).allMatch(Outage::isOutage);
    }

    @Test
    void shouldTakeNoFaultOfOursForAnOutage() {
        List<Throwable> faults = List.of(
                new IllegalStateException("a bug"),
                new NoStackTraceThrowable("another"),
                new IOException("No space left on device"),
                new PgException("syntax error", "ERROR", "42601", null));

        assertThat(faults).noneMatch(Outage::isOutage);
    }
}
