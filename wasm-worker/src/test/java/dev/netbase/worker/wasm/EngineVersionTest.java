package dev.netbase.worker.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class EngineVersionTest {
    @Test
    void shouldNameTheReleaseThatIsBuiltIn() throws IOException {
        String lock = Files.readString(Path.of("native", "Cargo.lock"));
        Matcher pinned =
                Pattern.compile("name = \"wasmtime\"\nversion = \"([^\"]+)\"").matcher(lock);

        assertThat(pinned.find()).isTrue();
        assertThat(EngineVersion.NAME).isEqualTo("wasmtime/" + pinned.group(1));
    }
}
