package dev.netbase.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** The public HTTP API as a client sees it. */
final class Api {
    static final ObjectMapper JSON = new ObjectMapper();
    private static final Set<String> ENDED = Set.of("COMPLETED", "FAILED", "CANCELLED");
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final URI base;
    private final String token;
    private final Path log;

    /** A status and a body; and the service's log, which says more of an error. */
    record Answer(int status, JsonNode body, Path log) {
        JsonNode expect(int expected) {
            if (status != expected) {
                String why = status < 500 ? "" : "; the log says: " + lastComplaint();
                throw new AssertionError("expected " + expected + ", got " + status + why + "; " + body);
            }
            return body;
        }

        private String lastComplaint() {
            try (Stream<String> lines = Files.lines(log)) {
                return lines.filter(line -> line.contains("WARN") || line.contains("ERROR"))
                        .reduce("nothing", (earlier, later) -> later);
            } catch (IOException | UncheckedIOException e) {
                return e.toString();
            }
        }
    }

    /** @param data the stack's directory */
    Api(URI base, Path data) throws IOException {
        this.base = base;
        this.token = Files.readString(data.resolve("admin-token")).strip();
        this.log = data.resolve("logs/asset-api.log");
    }

    URI base() {
        return base;
    }

    String token() {
        return token;
    }

    Answer get(String path) {
        return send(request(path).GET());
    }

    /** The body of a 200, as it is. */
    byte[] bytes(String path) {
        HttpResponse<byte[]> response = exchange(request(path).GET());
        if (response.statusCode() != 200) {
            throw new AssertionError("expected 200, got " + response.statusCode());
        }
        return response.body();
    }

    Answer post(String path, String json) {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    Answer send(HttpRequest.Builder request) {
        HttpResponse<byte[]> response = exchange(request);
        byte[] body = response.body();
        try {
            return new Answer(response.statusCode(), body.length == 0 ? JSON.nullNode() : JSON.readTree(body), log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<byte[]> exchange(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve("/api/v1" + path))
                .timeout(Duration.ofSeconds(90))
                .header("Authorization", "Bearer " + token);
    }

    /** Makes a package and publishes a version of it; answers the files' ids by their paths. */
    Map<String, Long> publish(String name, String version, Map<String, byte[]> files) {
        String nanoid = post("/asset-packages", "{\"name\":\"" + name + "\"}")
                .expect(201)
                .path("nanoid")
                .asText();
        return publishVersion(nanoid, version, files);
    }

    /** Publishes a version of a package; answers the files' ids by their paths. */
    Map<String, Long> publishVersion(String nanoid, String version, Map<String, byte[]> files) {
        JsonNode published = upload(nanoid, version, files).expect(201);
        Map<String, Long> ids = new LinkedHashMap<>();
        published
                .path("files")
                .forEach(file -> ids.put(
                        file.path("relative_path").asText(), file.path("id").asLong()));
        return ids;
    }

    Answer upload(String nanoid, String version, Map<String, byte[]> files) {
        String boundary = "boundary-of-the-test";
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        text(
                body,
                "--" + boundary + "\r\nContent-Disposition: form-data; name=\"metadata\"\r\n"
                        + "Content-Type: application/json\r\n\r\n{\"version_string\":\"" + version + "\"}\r\n");
        files.forEach((path, content) -> {
            text(
                    body,
                    "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + path
                            + "\"\r\nContent-Type: application/octet-stream\r\n\r\n");
            body.writeBytes(content);
            text(body, "\r\n");
        });
        text(body, "--" + boundary + "--\r\n");
        return send(request("/asset-packages/" + nanoid + "/versions")
                .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                .POST(BodyPublishers.ofByteArray(body.toByteArray())));
    }

    private static void text(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    long agent(String name, long fileId, String config) {
        return post("/agents", "{\"name\":\"%s\",\"asset_file_id\":%d,\"config\":%s}".formatted(name, fileId, config))
                .expect(201)
                .path("id")
                .asLong();
    }

    void workflow(String name, String definition) {
        post("/workflows", "{\"name\":\"" + name + "\",\"definition\":" + definition + "}")
                .expect(201);
    }

    /** Starts a run; answers its id. */
    String start(String workflow, String inputs) {
        return post("/workflows/" + workflow + "/runs", "{\"inputs\":" + inputs + "}")
                .expect(202)
                .path("run_id")
                .asText();
    }

    /** Waits until a run has ended, for at most two minutes, whatever happens to the API meanwhile. */
    JsonNode await(String runId) {
        long deadline = System.nanoTime() + Duration.ofMinutes(2).toNanos();
        Object last = "nothing";
        while (System.nanoTime() < deadline) {
            try {
                Answer answer = get("/runs/" + runId + "?wait=10s");
                last = answer;
                if (answer.status() == 200
                        && ENDED.contains(answer.body().path("status").asText())) {
                    return answer.body();
                }
            } catch (UncheckedIOException e) {
                last = e;
            }
        }
        throw new AssertionError("run " + runId + " has not ended: " + last);
    }

    JsonNode run(String workflow, String inputs) {
        return await(start(workflow, inputs));
    }

    /** All tasks of a run. */
    List<JsonNode> tasks(String runId) {
        List<JsonNode> tasks = new ArrayList<>();
        for (int page = 0; ; page++) {
            JsonNode answer =
                    get("/runs/" + runId + "/tasks?size=200&page=" + page).expect(200);
            answer.path("items").forEach(tasks::add);
            if (tasks.size() >= answer.path("total").asInt()) {
                return tasks;
            }
        }
    }
}
