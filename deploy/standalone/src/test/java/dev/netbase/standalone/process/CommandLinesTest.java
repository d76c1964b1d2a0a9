package dev.netbase.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommandLinesTest {
    @Test
    void shouldSeeArgumentsBeyondAPage() throws Exception {
        Process process = new ProcessBuilder("sh", "-c", "echo up; read -r never", "x".repeat(20_000), "last").start();
        try {
            assertThat(process.inputReader().readLine()).isEqualTo("up");

            assertThat(CommandLines.of(process.toHandle()))
                    .startsWith("sh -c echo")
                    .contains("x last");
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void shouldSeeNothingOfAProcessThatHasEnded() throws Exception {
        Process process = new ProcessBuilder("true").start();
        process.waitFor();

        assertThat(CommandLines.of(process.toHandle())).isEmpty();
    }
}
