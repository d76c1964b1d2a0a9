package dev.netbase.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.standalone.process.StartupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
    private final Ports ports = new Ports();

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0"})
    void shouldNameATakenPortAndTheOptionThatChangesIt(String address) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> ports.choose(List.of(request("--kafka-port", port))))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("Port " + port + " is in use")
                    .hasMessageContaining("--kafka-port PORT");
        }
    }

    @Test
    void shouldRefuseOnePortForTwoPurposes() throws IOException {
        int port = ports.choose(List.of(PortRequest.any())).getFirst();

        assertThatThrownBy(() -> ports.choose(List.of(request("--http-port", port), request("--kafka-port", port))))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("given twice");
    }

    @Test
    void shouldGiveEachPurposeItsOwnFreePort() {
        List<Integer> chosen = ports.choose(Collections.nCopies(50, PortRequest.any()));

        assertThat(chosen).doesNotHaveDuplicates().allMatch(port -> port >= 15_000 && port < 32_000);
    }

    @Test
    void shouldKeepTheOrderOfTheRequests() {
        int wanted = ports.choose(List.of(PortRequest.any())).getFirst();

        List<Integer> chosen = ports.choose(List.of(PortRequest.any(), request("--http-port", wanted)));

        assertThat(chosen).hasSize(2);
        assertThat(chosen.get(1)).isEqualTo(wanted);
    }

    private static PortRequest request(String option, int port) {
        return new PortRequest(option, OptionalInt.of(port));
    }
}
