package dev.netbase.model.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void shouldTakeWhatTheStandardShows() {
        assertThat(TraceParent.valid(TRACE)).isEqualTo(TRACE);
        assertThat(TraceParent.valid(TRACE.getBytes(StandardCharsets.US_ASCII))).isEqualTo(TRACE);
        assertThat(TraceParent.isSampled(TRACE)).isTrue();
        assertThat(TraceParent.isSampled(TRACE.replace("-01", "-00"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nx: y"
            })
    void shouldDropWhatIsNone(String text) {
        assertThat(TraceParent.valid(text)).isNull();
    }

    @Test
    void shouldDropWhatIsNotThere() {
        assertThat(TraceParent.valid((String) null)).isNull();
        assertThat(TraceParent.valid((byte[]) null)).isNull();
    }
}
