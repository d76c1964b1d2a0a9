package dev.netbase.standalone;

import com.sun.net.httpserver.HttpServer;
import dev.netbase.standalone.stack.ServiceDefinition;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Takes a service's place: healthy at once, and says when it ends what was still there to write to. */
public final class StandInService {
    private StandInService() {}

    public static void main(String[] args) throws IOException {
        int port = Integer.parseInt(System.getenv("QUARKUS_HTTP_PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", port), 0);
        byte[] environment = System.getenv().entrySet().stream()
                .map(variable -> variable.getKey() + "=" + variable.getValue())
                .collect(Collectors.joining("\n"))
                .getBytes(StandardCharsets.UTF_8);
        server.createContext("/q/health/ready", exchange -> {
            exchange.sendResponseHeaders(200, environment.length);
            exchange.getResponseBody().write(environment);
            exchange.close();
        });
        server.start();
        Runtime.getRuntime().addShutdownHook(new Thread(StandInService::sayGoodbye));
    }

    private static void sayGoodbye() {
        URI postgres = URI.create(System.getenv("QUARKUS_DATASOURCE_REACTIVE_URL"));
        URI kafka = URI.create("kafka://" + System.getenv("KAFKA_BOOTSTRAP_SERVERS"));
        System.out.println("ended with PostgreSQL " + state(postgres.getPort()) + ", Kafka " + state(kafka.getPort()));
    }

    private static String state(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected() ? "up" : "down";
        } catch (IOException e) {
            return "down";
        }
    }

    /** Three stand-ins under the names of the real services. */
    public static List<ServiceDefinition> three() {
        return List.of(
                standIn("asset-api", true, false),
                standIn("scheduler-service", false, true),
                standIn("wasm-worker", false, true));
    }

    private static ServiceDefinition standIn(String name, boolean api, boolean needsTopics) {
        List<String> program = List.of("-cp", testClasses(), StandInService.class.getName());
        return new ServiceDefinition(name, List.of("-Xmx32m", "-XX:+UseSerialGC"), program, api, needsTopics);
    }

    private static String testClasses() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }
}
