package dev.netbase.worker.container;

import dev.netbase.model.json.Json;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.container.DockerHttp.Answer;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** An engine that speaks the Docker API on a Unix socket: Docker, or Podman. */
public final class DockerEngine implements ContainerEngine {
    private static final String SCHEME = "unix://";
    private final DockerHttp http;
    private final DockerImages images;
    private final ContainerConfig config;

    /**
     * The engine at an endpoint; nothing is asked of it yet.
     *
     * @throws IllegalArgumentException if the endpoint is no Unix socket
     */
    public DockerEngine(String endpoint, ContainerConfig config) {
        if (!endpoint.startsWith(SCHEME + "/")) {
            throw new IllegalArgumentException(
                    "netbase.container.endpoint must be a Unix socket, such as unix:///run/podman/podman.sock");
        }
        this.http = new DockerHttp(Path.of(endpoint.substring(SCHEME.length())));
        this.images = new DockerImages(http, config);
        this.config = config;
    }

    @Override
    public ContainerRun prepare(ContainerTask task) {
        return new DockerRun(http, images, config, task);
    }

    @Override
    public int sweep(String owner) throws ContainerFailedException {
        String filters = Json.write(Map.of("label", List.of(OWNER_LABEL + "=" + owner)));
        try {
            Answer answer = http.call(
                    "GET",
                    "/containers/json?all=1&filters=" + URLEncoder.encode(filters, StandardCharsets.UTF_8),
                    null,
                    config.answerTimeout());
            if (!answer.isSuccess() || !(Json.parse(answer.body()) instanceof List<?> found)) {
                throw new IOException(answer.message());
            }
            for (Object one : found) {
                if (one instanceof Map<?, ?> container && container.get("Id") instanceof String id) {
                    remove(http, id, config);
                }
            }
            return found.size();
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** Kills and removes a container with its volumes; one that is gone is no error. */
    static void remove(DockerHttp http, String id, ContainerConfig config) throws IOException {
        // Removal alone would first ask the container to end, and give it time.
        Answer unused = http.call("POST", "/containers/" + id + "/kill?signal=KILL", null, config.answerTimeout());
        Answer answer = http.call("DELETE", "/containers/" + id + "?force=1&v=1", null, config.answerTimeout());
        if (!answer.isSuccess() && answer.status() != 404) {
            throw new IOException("container " + id + " cannot be removed: " + answer.message());
        }
    }

    static ContainerFailedException unreachable(IOException e) {
        return new ContainerFailedException(
                TaskErrorCode.HOST_ERROR,
                "the container engine (netbase.container.endpoint) does not answer: " + e.getMessage());
    }

    @Override
    public void close() {
        http.close();
    }
}
