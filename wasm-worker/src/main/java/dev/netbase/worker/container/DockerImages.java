package dev.netbase.worker.container;

import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.container.ContainerConfig.Pull;
import dev.netbase.worker.container.DockerHttp.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The images of an engine: found, fetched or built before a container is made of them. Blocks. */
final class DockerImages {
    private static final String BUILT = "netbase-agent:";
    private final DockerHttp http;
    private final ContainerConfig config;
    private final Map<String, ReentrantLock> building = new ConcurrentHashMap<>();

    DockerImages(DockerHttp http, ContainerConfig config) {
        this.http = http;
        this.config = config;
    }

    /**
     * An image that the engine has.
     *
     * @param volumes the folders that it declares to be volumes
     */
    record Image(String name, Set<String> volumes) {}

    /**
     * Makes sure that the engine has an image.
     *
     * @param context the build's context
     * @param log takes what a build writes
     * @throws ContainerFailedException INVALID_MODULE if it is not allowed, not there, or cannot be built
     */
    Image ready(ContainerTask.Image image, Path context, StderrTail log) throws IOException, ContainerFailedException {
        return switch (image) {
            case ContainerTask.Image.Named named -> named(named.name());
            case ContainerTask.Image.Built built -> built(built, context, log);
        };
    }

    private Image named(String name) throws IOException, ContainerFailedException {
        List<String> allowed = config.allowedImages().orElse(List.of());
        if (!allowed.isEmpty() && allowed.stream().noneMatch(name::startsWith)) {
            throw new ContainerFailedException(
                    TaskErrorCode.INVALID_MODULE,
                    "the operator allows no image " + name + " (netbase.container.allowed-images)");
        }
        @Nullable Image found = config.pull() == Pull.ALWAYS ? null : find(name);
        if (found == null && config.pull() != Pull.NEVER) {
            fetch(name);
            found = find(name);
        }
        if (found == null) {
            throw new ContainerFailedException(
                    TaskErrorCode.INVALID_MODULE,
                    "the engine has no image " + name + " and may not fetch it (netbase.container.pull=never)");
        }
        return found;
    }

    private Image built(ContainerTask.Image.Built image, Path context, StderrTail log)
            throws IOException, ContainerFailedException {
        String name = BUILT + image.key();
        @Nullable Image found = find(name);
        if (found != null) {
            return found;
        }
        ReentrantLock lock = building.computeIfAbsent(image.key(), key -> new ReentrantLock());
        lock.lock();
        try {
            found = find(name);
            if (found == null) {
                build(name, image.dockerfile(), context, log);
                found = find(name);
            }
        } finally {
            building.remove(image.key());
            lock.unlock();
        }
        if (found == null) {
            throw new ContainerFailedException(TaskErrorCode.INVALID_MODULE, "the Dockerfile gives no image");
        }
        return found;
    }

    private @Nullable Image find(String name) throws IOException, ContainerFailedException {
        Answer answer = http.call("GET", "/images/" + encode(name) + "/json", null, config.answerTimeout());
        if (answer.status() == 404) {
            return null;
        }
        if (!answer.isSuccess()) {
            throw new ContainerFailedException(TaskErrorCode.INVALID_MODULE, "image " + name + ": " + answer.message());
        }
        Set<String> volumes = new TreeSet<>();
        if (Json.parse(answer.body()) instanceof Map<?, ?> image
                && image.get("Config") instanceof Map<?, ?> settings
                && settings.get("Volumes") instanceof Map<?, ?> declared) {
            declared.keySet().forEach(path -> volumes.add(String.valueOf(path)));
        }
        return new Image(name, volumes);
    }

    private void fetch(String name) throws IOException, ContainerFailedException {
        String target = "/images/create?fromImage=" + encode(name) + (hasTag(name) ? "" : "&tag=latest");
        Progress progress = new Progress(null);
        int status =
                http.stream("POST", target, "application/json", 0, out -> {}, progress::read, config.imageTimeout());
        if (status != 200 || progress.error != null) {
            throw new ContainerFailedException(
                    TaskErrorCode.INVALID_MODULE, "the image " + name + " cannot be fetched: " + progress.problem());
        }
    }

    private void build(String name, String dockerfile, Path context, StderrTail log)
            throws IOException, ContainerFailedException {
        TarArchive archive = new TarArchive(context);
        String target = "/build?t=" + encode(name) + "&dockerfile=" + encode(dockerfile) + "&networkmode="
                + encode(config.buildNetwork()) + "&rm=1&forcerm=1";
        Progress progress = new Progress(log);
        int status = http.stream(
                "POST",
                target,
                "application/x-tar",
                archive.length(),
                archive::writeTo,
                progress::read,
                config.imageTimeout());
        if (status != 200 || progress.error != null) {
            throw new ContainerFailedException(
                    TaskErrorCode.INVALID_MODULE, dockerfile + " cannot be built: " + progress.problem());
        }
    }

    private static boolean hasTag(String name) {
        return name.contains("@") || name.lastIndexOf(':') > name.lastIndexOf('/');
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** What the engine says while it works: a JSON object a line, one with {@code error} if it fails. */
    private static final class Progress {
        private static final int LINE_CHARS = 64 << 10;
        private final @Nullable StderrTail log;
        private @Nullable String error;
        private String last = "";

        Progress(@Nullable StderrTail log) {
            this.log = log;
        }

        void read(InputStream body) throws IOException {
            BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
            StringBuilder line = new StringBuilder();
            for (int c = lines.read(); c >= 0; c = lines.read()) {
                if (c == '\n' || line.length() >= LINE_CHARS) {
                    take(line.toString());
                    line.setLength(0);
                } else {
                    line.append((char) c);
                }
            }
            take(line.toString());
        }

        private void take(String line) {
            if (line.isBlank()) {
                return;
            }
            last = line;
            try {
                if (Json.parse(line) instanceof Map<?, ?> step) {
                    if (step.get("error") instanceof String problem) {
                        error = problem;
                    } else if (step.get("message") instanceof String message) {
                        last = message;
                    }
                    if (log != null && step.get("stream") instanceof String text) {
                        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                        log.write(bytes, 0, bytes.length);
                    }
                }
            } catch (JsonException e) {
                // Not every engine says all in JSON.
                return;
            }
        }

        String problem() {
            return error == null ? last : error;
        }
    }
}
