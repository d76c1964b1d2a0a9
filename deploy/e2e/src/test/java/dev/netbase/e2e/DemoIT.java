package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(Cluster.IN_USE)
class DemoIT {
    @Test
    void shouldRunTheExampleAndCompareItsResult() throws IOException, InterruptedException {
        Path out = NetbaseUp.output("demo");
        Process demo = new ProcessBuilder(NetbaseUp.home().resolve("netbase").toString(), "demo")
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        demo.getOutputStream().close();
        boolean ended = demo.waitFor(5, TimeUnit.MINUTES);
        if (!ended) {
            demo.destroy();
        }

        String printed = Files.readString(out);
        assertThat(ended && demo.exitValue() == 0).as(printed).isTrue();
        assertThat(printed).contains("729254");
    }

    @Test
    void shouldExpectWhatCoreutilsCount() throws IOException, InterruptedException {
        Process check = new ProcessBuilder("./check.sh")
                .directory(NetbaseUp.home().resolve("docs/tutorials/word-count").toFile())
                .inheritIO()
                .start();

        assertThat(check.waitFor()).isZero();
    }
}
