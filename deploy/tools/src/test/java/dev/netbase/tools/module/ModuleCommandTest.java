package dev.netbase.tools.module;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.netbase.tools.Tools;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleCommandTest {
    @TempDir
    Path folder;

    private static String guest(String name) {
        return Path.of(System.getProperty("netbase.test.guests"), name + ".wasm")
                .toString();
    }

    @Test
    void shouldPrintTheOutputAndWhatWasUsed() {
        Said said = Said.by("module", "run", guest("echo"), "--input", "{\"n\":1}");

        assertThat(said.exitCode()).isZero();
        assertThat(said.out()).isEqualTo("{\"n\":1}\n");
        assertThat(said.err())
                .contains("COMPLETED, 7 bytes", "fuel_used=", "peak_memory_bytes=131072 of 67108864", "run_ms=");
    }

    @Test
    void shouldTakeTheInputFromAFileOrFromStdin() throws IOException {
        Path file = Files.writeString(folder.resolve("input.json"), "{\"text\": \"two words\"}");

        assertThat(Said.by("module", "run", guest("cat"), "--input", "@" + file).out())
                .isEqualTo("{\"text\": \"two words\"}\n");

        InputStream in = System.in;
        System.setIn(new ByteArrayInputStream("[3]".getBytes(UTF_8)));
        try {
            assertThat(Said.by("module", "run", guest("cat"), "--input", "-").out())
                    .isEqualTo("[3]\n");
        } finally {
            System.setIn(in);
        }
        assertThat(Said.by("module", "run", guest("cat"), "--input", "@nowhere").err())
                .contains("there is no file nowhere");
    }

    @Test
    void shouldEndAtTheLimitsItIsGiven() throws IOException {
        Said fuel = Said.by("module", "run", guest("spin"), "--fuel", "1M", "--json");
        Said time = Said.by("module", "run", guest("spin"), "--fuel", "1T", "--timeout", "200ms", "--json");
        Said memory = Said.by("module", "run", guest("grow"), "--memory", "1M", "--json");

        assertThat(fuel.exitCode()).isEqualTo(1);
        assertThat(fuel.json().at("/error/code").asText()).isEqualTo("OUT_OF_FUEL");
        assertThat(fuel.json().path("fuel_used").asLong()).isEqualTo(1_000_000);
        assertThat(time.json().at("/error/code").asText()).isEqualTo("TIMEOUT");
        assertThat(memory.json().at("/error/code").asText()).isEqualTo("OUT_OF_MEMORY");
    }

    @Test
    void shouldRefuseLimitsThatAnAgentCouldNotHave() {
        assertThat(Said.by("module", "run", guest("echo"), "--memory", "2G").err())
                .contains("limits.memory_bytes is over the operator's cap");
        assertThat(Said.by("module", "run", guest("echo"), "--limit", "speed=1").err())
                .contains("is not a limit");
        assertThat(Said.by("module", "run", guest("echo"), "--memory", "lots").exitCode())
                .isEqualTo(2);
    }

    @Test
    void shouldGiveTheFoldersOfATask() throws IOException {
        Path asset = Files.createDirectories(folder.resolve("asset"));
        Files.writeString(asset.resolve("data.txt"), "read me");
        Path out = folder.resolve("out");

        Said read = Said.by("module", "run", guest("read-asset"), "--asset", asset.toString());
        Said write = Said.by("module", "run", guest("write-workspace"), "--workspace-out", out.toString());

        assertThat(read.out()).isEqualTo("read me\n");
        assertThat(write.err()).contains("out_files=1");
        assertThat(out.resolve("result.txt")).hasContent("hello");
    }

    @Test
    void shouldGiveArgumentsAndEnvironment() {
        Said said = Said.by("module", "run", guest("args-env"), "--arg", "-n", "--env", "LANG=C");

        assertThat(said.out()).isEqualTo("args-env.wasm\0-n\0LANG=C\0\n");
    }

    @Test
    void shouldTakeTheConfigurationThatIsPublishedWithTheModule() throws IOException {
        Path module = Files.copy(Path.of(guest("args-env")), folder.resolve("tool.wasm"));
        Files.writeString(
                folder.resolve("tool.config.json"),
                "{\"args\":[\"file\"],\"env\":{\"LAYER\":\"file\"},\"limits\":{\"fuel\":1000000,\"memory_bytes\":1048576}}");
        Path agent = Files.writeString(folder.resolve("agent.json"), "{\"limits\":{\"memory_bytes\":2097152}}");

        Said file = Said.by("module", "run", module.toString());
        Said over = Said.by(
                "module", "run", module.toString(), "--config", "@" + agent, "--env", "LAYER=option", "--fuel", "2M");

        assertThat(file.out()).isEqualTo("tool.wasm\0file\0LAYER=file\0\n");
        assertThat(file.err()).containsPattern("fuel_used=\\d+ of 1000000\n").contains("of 1048576\n");
        assertThat(over.out()).isEqualTo("tool.wasm\0file\0LAYER=option\0\n");
        assertThat(over.err()).containsPattern("fuel_used=\\d+ of 2000000\n").contains("of 2097152\n");
    }

    @Test
    void shouldRefuseAConfigurationThatTheRegistryOrAWorkerWouldRefuse() throws IOException {
        Path module = Files.copy(Path.of(guest("echo")), folder.resolve("tool.wasm"));
        Path config = folder.resolve("tool.wasm.config.json");

        Files.writeString(config, "[1]");
        assertThat(Said.by("module", "run", module.toString()).err())
                .contains("tool.wasm.config.json must be a JSON object");
        Files.writeString(config, "{\"limits\":{\"memory_bytes\":1099511627776}}");
        assertThat(Said.by("module", "run", module.toString()).err())
                .contains("limits.memory_bytes is over the operator's cap");
        Files.writeString(config, "{\"args\":\"one\"}");
        assertThat(Said.by("module", "run", module.toString()).err()).contains("config.args");
        assertThat(Said.by("module", "run", module.toString(), "--config", "@nowhere")
                        .err())
                .contains("there is no file nowhere");
    }

    @Test
    void shouldGiveTheSameOutputAndFuelAgainIfAskedTo() throws IOException {
        String[] seeded = {"module", "run", guest("deterministic"), "--seed", "42", "--json"};
        JsonNode first = Said.by(seeded).json();
        JsonNode second = Said.by(seeded).json();
        JsonNode other = Said.by("module", "run", guest("deterministic"), "--deterministic", "--json")
                .json();

        assertThat(first.path("status").asText()).isEqualTo("COMPLETED");
        assertThat(second.path("output")).isEqualTo(first.path("output"));
        assertThat(second.path("fuel_used")).isEqualTo(first.path("fuel_used"));
        assertThat(other.path("output")).isNotEqualTo(first.path("output"));
        assertThat(Said.by("module", "run", guest("deterministic"), "--clock", "1900-01-01T00:00:00Z")
                        .err())
                .contains("config.deterministic.clock must be an RFC 3339 timestamp between 1970 and 2261");
    }

    @Test
    void shouldSayWhatPublishingWouldSay() throws IOException {
        Said refused = Said.by("module", "run", guest("unknown-import"), "--json");
        Said inspected = Said.by("module", "inspect", guest("unknown-import"));
        Path text = Files.writeString(folder.resolve("text.wasm"), "(module)");

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.json().at("/error/message").asText()).contains("imports env.open_socket");
        assertThat(inspected.exitCode()).isEqualTo(1);
        assertThat(inspected.out())
                .containsPattern("import +env\\.open_socket .* NOT ALLOWED")
                .contains("refused   publishing would answer invalid-module");
        assertThat(Said.by("module", "inspect", text.toString()).out()).contains("is text, not a WebAssembly binary");
    }

    @Test
    void shouldSayNothingElseInAProcessOfItsOwn() throws IOException, InterruptedException {
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(
                        ProcessHandle.current().info().command().orElseThrow(),
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        Tools.class.getName(),
                        "module",
                        "run",
                        "nowhere.wasm")
                .redirectError(err.toFile())
                .start();

        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(err).hasContent("netbase: there is no file nowhere.wasm");
    }

    @Test
    void shouldShowWhatAModuleIs() throws IOException {
        Said text = Said.by("module", "inspect", guest("echo"));
        JsonNode json = Said.by("module", "inspect", guest("cat"), "--json").json();

        assertThat(text.exitCode()).isZero();
        assertThat(text.out())
                .contains("MEMORY_DELIVERY", "begins with 131072 bytes", "accepted  publishing would take it")
                .containsPattern("export +run \\(i32,i32\\)->i64");
        assertThat(json.path("kind").asText()).isEqualTo("COMMAND");
        assertThat(json.path("imports"))
                .allSatisfy(each -> assertThat(each.path("allowed").asBoolean()).isTrue());
    }
}
