package dev.netbase.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** A Kafka client for the command line: sends each line of its input as one record to a topic. */
final class LineProducer {
    private LineProducer() {}

    public static void main(String[] arguments) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        try (KafkaProbe kafka = new KafkaProbe(arguments[0])) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                kafka.send(arguments[1], "line", line, Map.of());
            }
        }
    }
}
