package dev.netbase.worker.group.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.json.Json;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.task.AgentType;
import dev.netbase.model.testing.TestBroker;
import dev.netbase.model.topic.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a backlog costs a worker that is full: a process with a small heap reads far more than the heap could hold. */
class BacklogMemoryIT {
    private static final int RECORDS = 600;
    private static final int TASKS = 500;
    private static final String HEAP = "-Xmx96m";

    @TempDir
    Path folder;

    @Test
    void shouldKeepItsHeapFlatUnderABacklogOfThreeHundredThousandTasks() throws Exception {
        try (TestBroker broker = TestBroker.start()) {
            long bytes = fill(broker);
            assertThat(bytes).isGreaterThan(2 * (96L << 20));
            Path output = folder.resolve("out");
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            HEAP,
                            "-XX:+UseSerialGC",
                            "-XX:+ExitOnOutOfMemoryError",
                            "-cp",
                            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                            BacklogProcess.class.getName(),
                            broker.bootstrapServers(),
                            "8000")
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(process.exitValue()).as(tail(output)).isZero();
            } finally {
                process.destroyForcibly();
            }
        }
    }

    private static long fill(TestBroker broker) {
        byte[] value = Json.writeBytes(new TaskGroup(
                TaskGroup.SCHEMA,
                "group",
                "run",
                Collections.nCopies(
                        TASKS,
                        new TaskGroup.Task(
                                1,
                                1,
                                "node",
                                1,
                                1L,
                                AgentType.WASM,
                                "/m",
                                "c",
                                Map.of("pad", "x".repeat(300)),
                                "y".repeat(300),
                                1))));
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers(), "max.request.size", 2 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < RECORDS; i++) {
                producer.send(
                        new ProducerRecord<>(Topics.TASK_GROUPS, ("g" + i).getBytes(StandardCharsets.UTF_8), value));
            }
            producer.flush();
        }
        return (long) RECORDS * value.length;
    }

    private static String tail(Path output) throws IOException {
        List<String> lines = Files.readAllLines(output);
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
    }
}
