package dev.netbase.worker.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.worker.testing.ForkedJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeakCheckTest {
    /** {@code -Dleak.executions=1000000} runs a million. */
    private static final long EXECUTIONS = Long.getLong("leak.executions", 4_000);

    private static final Duration PATIENCE = Duration.ofSeconds(120).plusMillis(10 * EXECUTIONS);

    @TempDir
    Path root;

    @Test
    void shouldLeaveNothingOfExecutionsHoweverTheyEnd() throws IOException, InterruptedException {
        long warmUp = Math.clamp(EXECUTIONS / 2, 4_000, 50_000);

        ForkedJvm jvm = ForkedJvm.run(
                LeakCheck.class,
                root.resolve("log"),
                PATIENCE,
                List.of("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
                root.resolve("run").toString(),
                Long.toString(EXECUTIONS),
                Long.toString(warmUp));

        assertThat(jvm.output()).contains(LeakCheck.FINE);
        assertThat(jvm.exitValue()).isZero();
        System.out.println(jvm.output().strip());
    }
}
