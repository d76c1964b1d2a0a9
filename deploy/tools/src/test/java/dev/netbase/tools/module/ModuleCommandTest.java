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
        Path file = Files.writeString(folder.resolve("input.json"), "[1,2]");

        assertThat(Said.by("module", "run", guest("cat"), "--input", "@" + file).out())
                .isEqualTo("[1,2]\n");

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
                .contains("--clock: the clock must be between 1970 and 2261");
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
