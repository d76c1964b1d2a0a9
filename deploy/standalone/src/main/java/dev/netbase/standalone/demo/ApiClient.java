package dev.netbase.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.netbase.standalone.process.StartupException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The public HTTP API, as far as publishing and running needs it. */
public final class ApiClient implements AutoCloseable {
    private static final Duration ANSWERS_WITHIN = Duration.ofSeconds(90);
    private static final Duration WAIT = Duration.ofSeconds(30);
    private static final Set<String> ENDED = Set.of("COMPLETED", "FAILED", "CANCELLED");

    private final ObjectMapper json = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;
    private final String token;

    /**
     * @param api the API's address, without a path
     * @param token the bearer token
     */
    public ApiClient(URI api, String token) {
        this.base = api.resolve("/api/v1/");
        this.token = token;
    }

    /** Creates something at a path below the base path and returns the answer. */
    public JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
        BodyPublisher publisher = BodyPublishers.ofByteArray(json.writeValueAsBytes(body));
        return send(request(path).header("Content-Type", "application/json").POST(publisher));
    }

    /** Publishes a version: its metadata and files, whose names are relative to {@code root}. */
    public JsonNode publish(String path, JsonNode metadata, Path root, List<Path> files)
            throws IOException, InterruptedException {
        MultipartBody body = MultipartBody.of(json.writeValueAsBytes(metadata), root, files);
        return send(request(path).header("Content-Type", body.contentType()).POST(body.publisher()));
    }

    /** What is at a path below the base path. */
    public JsonNode get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    /** Waits until a run has ended, and returns it. */
    public JsonNode awaitRun(String runId, Duration atMost) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (System.nanoTime() < deadline) {
            JsonNode run = send(request("runs/" + runId + "?wait=" + WAIT.toSeconds() + "s"));
            if (ENDED.contains(run.path("status").asText())) {
                return run;
            }
        }
        throw new StartupException("The run " + runId + " has not ended within " + atMost.toSeconds() + " s.");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path))
                .timeout(ANSWERS_WITHIN)
                .header("Authorization", "Bearer " + token);
    }

    private JsonNode send(HttpRequest.Builder builder) throws IOException, InterruptedException {
        HttpRequest request = builder.build();
        HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
        if (response.statusCode() / 100 != 2) {
            throw new StartupException(request.method() + " " + request.uri().getPath() + " was answered with "
                    + response.statusCode() + ": "
                    + new String(response.body(), StandardCharsets.UTF_8));
        }
        return json.readTree(response.body());
    }

    @Override
    public void close() {
        http.close();
    }
}
