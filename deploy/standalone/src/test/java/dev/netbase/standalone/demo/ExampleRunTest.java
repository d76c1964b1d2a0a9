package dev.netbase.standalone.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.netbase.standalone.process.StartupException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleRunTest {
    @TempDir
    Path directory;

    private final List<String> requests = new ArrayList<>();
    private HttpServer server;
    private int waits;
    private boolean refuseAgents;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/api/v1/", this::answer);
        server.start();
        Files.createDirectories(directory.resolve("package/bin"));
        Files.writeString(directory.resolve("package/bin/count.wasm"), "the module");
        Files.writeString(directory.resolve("package/text.txt"), "the text");
        write("package.json", "{'name':'words','version_string':'1.2.0','description':'counts'}");
        write("agents.json", "[{'name':'counter','file':'bin/count.wasm','config':{'args':['-w']}}]");
        write("workflow.json", "{'name':'word-count','definition':{'nodes':[]}}");
        write("inputs.json", "{'path':'text.txt'}");
        write("expected.json", "{'words':2}");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void shouldPublishDefineRunAndWaitUntilTheRunHasEnded() throws Exception {
        Example example = Example.read(directory);

        JsonNode run = perform(example);

        assertThat(run.get("output")).isEqualTo(example.expected());
        assertThat(requests)
                .containsSubsequence(
                        "POST /api/v1/asset-packages {\"name\":\"words\",\"description\":\"counts\"}",
                        "POST /api/v1/agents {\"name\":\"counter\",\"asset_file_id\":7,\"config\":{\"args\":[\"-w\"]}}",
                        "POST /api/v1/workflows {\"name\":\"word-count\",\"definition\":{\"nodes\":[]}}",
                        "POST /api/v1/workflows/word-count/runs {\"inputs\":{\"path\":\"text.txt\"}}",
                        "GET /api/v1/runs/r1?wait=30s ",
                        "GET /api/v1/runs/r1?wait=30s ");
    }

    @Test
    void shouldUploadEveryFileUnderItsRelativePath() throws Exception {
        perform(Example.read(directory));

        String upload = requests.get(1);
        assertThat(upload)
                .startsWith("POST /api/v1/asset-packages/aV1_iF4gT-7b/versions --netbase-")
                .contains(
                        "name=\"metadata\"\r\nContent-Type: application/json\r\n\r\n{\"version_string\":\"1.2.0\"}\r\n")
                .contains("filename=\"bin/count.wasm\"\r\nContent-Type: application/octet-stream\r\n\r\nthe module\r\n")
                .contains("filename=\"text.txt\"\r\nContent-Type: application/octet-stream\r\n\r\nthe text\r\n")
                .endsWith("--\r\n");
    }

    @Test
    void shouldReportWhatTheApiRefuses() throws Exception {
        refuseAgents = true;
        Example example = Example.read(directory);

        assertThatThrownBy(() -> perform(example))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("POST /api/v1/agents")
                .hasMessageContaining("409")
                .hasMessageContaining("agent-name-taken");
    }

    @Test
    void shouldNameTheFileThatAnExampleLacks() throws Exception {
        Files.delete(directory.resolve("inputs.json"));

        assertThatThrownBy(() -> Example.read(directory))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("inputs.json");
    }

    @Test
    void shouldEscapeOnlyWhatAHeaderCannotHold() {
        assertThat(MultipartBody.fileName(Path.of("a b/ü\"%.txt"))).isEqualTo("a b/ü%22%.txt");
    }

    private JsonNode perform(Example example) throws Exception {
        URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        try (ApiClient api = new ApiClient(base, "secret")) {
            return new ExampleRun(api, _ -> {}).perform(example);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        String target = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        requests.add(target + " " + body);
        boolean known = "Bearer secret".equals(exchange.getRequestHeaders().getFirst("Authorization"));
        String answer = known ? answerTo(target) : "";
        byte[] bytes = answer.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.isEmpty() ? 401 : answer.contains("code") ? 409 : 200, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String answerTo(String target) {
        return switch (target) {
            case "POST /api/v1/asset-packages" -> "{'id':1,'nanoid':'aV1_iF4gT-7b'}";
            case "POST /api/v1/asset-packages/aV1_iF4gT-7b/versions" ->
                "{'files':[{'id':7,'relative_path':'bin/count.wasm'},{'id':8,'relative_path':'text.txt'}]}";
            case "POST /api/v1/agents" -> refuseAgents ? "{'code':'agent-name-taken'}" : "{'id':1}";
            case "POST /api/v1/workflows" -> "{'name':'word-count','version':1}";
            case "POST /api/v1/workflows/word-count/runs" -> "{'run_id':'r1','status':'PENDING'}";
            case "GET /api/v1/runs/r1?wait=30s" ->
                ++waits < 2
                        ? "{'run_id':'r1','status':'RUNNING'}"
                        : "{'run_id':'r1','status':'COMPLETED','output':{'words':2}}";
            default -> "{'code':'not-found'}";
        };
    }

    private void write(String name, String json) throws IOException {
        Files.writeString(directory.resolve(name), json.replace('\'', '"'));
    }
}
