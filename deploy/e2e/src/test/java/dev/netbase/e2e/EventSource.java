package dev.netbase.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Follows a run as a browser's EventSource does: comes back with the last id it was told, until nothing follows. */
final class EventSource {
    private static final int NOTHING_FOLLOWS = 204;
    private static final Duration PAUSE = Duration.ofMillis(100);
    private final HttpClient http = HttpClient.newHttpClient();
    private final Api api;
    private final String runId;
    private final List<Event> events = new CopyOnWriteArrayList<>();
    private final Thread reader;
    private volatile int broken;

    /** An event with its id. */
    record Event(int id, String name, JsonNode data) {}

    private EventSource(Api api, String runId) {
        this.api = api;
        this.runId = runId;
        this.reader = Thread.ofVirtual().start(this::follow);
    }

    /** Follows a run from its first event, in the background. */
    static EventSource of(Api api, String runId) {
        return new EventSource(api, runId);
    }

    /** What it was told so far. */
    List<Event> events() {
        return events;
    }

    /** How many streams broke off. */
    int broken() {
        return broken;
    }

    /** Waits until nothing follows. */
    List<Event> awaitEnd() throws InterruptedException {
        if (!reader.join(Duration.ofMinutes(2))) {
            throw new AssertionError("the stream of run " + runId + " does not end; told so far: " + events);
        }
        return events;
    }

    private void follow() {
        try {
            while (true) {
                try {
                    HttpRequest.Builder request = api.request("/runs/" + runId + "/events");
                    if (!events.isEmpty()) {
                        request.header(
                                "Last-Event-ID", String.valueOf(events.getLast().id()));
                    }
                    HttpResponse<InputStream> answer =
                            http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
                    if (answer.statusCode() == NOTHING_FOLLOWS) {
                        return;
                    }
                    if (answer.statusCode() == 200) {
                        read(answer.body());
                    }
                } catch (IOException e) {
                    broken++;
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** An event counts once its empty line has come. */
    private void read(InputStream body) throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
            int id = 0;
            String name = "";
            String data = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("id:")) {
                    id = Integer.parseInt(line.substring(3).strip());
                } else if (line.startsWith("event:")) {
                    name = line.substring(6).strip();
                } else if (line.startsWith("data:")) {
                    data = line.substring(5).strip();
                } else if (line.isEmpty() && !data.isEmpty()) {
                    events.add(new Event(id, name, Api.JSON.readTree(data)));
                    data = "";
                }
            }
        }
    }
}
