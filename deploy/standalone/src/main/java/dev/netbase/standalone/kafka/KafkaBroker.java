package dev.netbase.standalone.kafka;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.logging.Level;
import java.util.logging.Logger;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** The broker's own JVM: formats its directory once, then serves until it is asked to end. */
public final class KafkaBroker {
    private KafkaBroker() {}

    /** Takes the data directory, the port for clients, the one they are told, and the port for the controller. */
    public static void main(String[] args) throws IOException {
        Logger.getLogger("").setLevel(Level.WARNING);
        Path data = Path.of(args[0]);
        Properties settings = BrokerSettings.of(
                data, Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
        Files.createDirectories(data);
        if (!Files.exists(data.resolve("meta.properties"))) {
            format(data, settings);
        }
        KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "stop-broker"));
        server.startup();
        server.awaitShutdown();
    }

    private static void format(Path data, Properties settings) throws IOException {
        Path file = data.resolve("format.properties");
        try (Writer writer = Files.newBufferedWriter(file)) {
            settings.store(writer, null);
        }
        String[] command = {
            "format", "--ignore-formatted", "-t", Uuid.randomUuid().toString(), "-c", file.toString()
        };
        int exitCode = StorageTool.execute(command, System.out);
        if (exitCode != 0) {
            throw new IOException("Kafka's directory could not be formatted: exit code " + exitCode);
        }
    }
}
