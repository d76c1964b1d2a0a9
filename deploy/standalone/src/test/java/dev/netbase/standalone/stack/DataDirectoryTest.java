package dev.netbase.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.standalone.process.StartupException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path parent;

    @Test
    void shouldBePrivateAndHoldEveryPart() throws IOException {
        try (DataDirectory data = DataDirectory.open(parent.resolve("deep/data"))) {
            assertThat(permissions(data.root())).isEqualTo("rwx------");
            assertThat(data.root().toFile().list())
                    .contains("modules", "artifacts", "workspaces", "logs", "cache", "admin-token");
        }
    }

    @Test
    void shouldMakeATokenOfThirtyTwoRandomBytesThatOnlyItsOwnerReads() throws IOException {
        try (DataDirectory data = DataDirectory.open(parent)) {
            String token = Files.readString(data.adminToken());

            assertThat(Base64.getUrlDecoder().decode(token)).hasSize(32);
            assertThat(permissions(data.adminToken())).isEqualTo("rw-------");
            assertThat(Files.readString(data.webhookSecret())).matches("whsec_[A-Za-z0-9+/]{32,}=*");
            assertThat(data.postgresPassword()).hasSize(43).isNotEqualTo(token);
        }
    }

    @Test
    void shouldKeepTheTokenOverRestartsAndMakeItPrivateAgain() throws IOException {
        String first;
        try (DataDirectory data = DataDirectory.open(parent)) {
            first = Files.readString(data.adminToken());
            Files.setPosixFilePermissions(data.adminToken(), PosixFilePermissions.fromString("rw-r--r--"));
        }
        try (DataDirectory data = DataDirectory.open(parent)) {
            assertThat(Files.readString(data.adminToken())).isEqualTo(first);
            assertThat(permissions(data.adminToken())).isEqualTo("rw-------");
        }
    }

    @Test
    void shouldBelongToOneStackAtATime() {
        try (DataDirectory data = DataDirectory.open(parent)) {
            assertThatThrownBy(() -> DataDirectory.open(parent))
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining(data.root() + " is in use by another netbase")
                    .hasMessageContaining("--data");
        }
        DataDirectory.open(parent).close();
    }

    @Test
    void shouldSayClearlyThatAFileIsNoDirectory() throws IOException {
        Path file = Files.createFile(parent.resolve("file"));

        assertThatThrownBy(() -> DataDirectory.open(file))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void shouldPutEarlierLogsAsideAndKeepFive() throws IOException {
        try (DataDirectory data = DataDirectory.open(parent)) {
            for (int start = 1; start <= 8; start++) {
                Files.writeString(data.freshLog("kafka"), "start " + start);
            }

            assertThat(data.log("kafka")).hasContent("start 8");
            assertThat(data.log("kafka").resolveSibling("kafka.log.1")).hasContent("start 7");
            assertThat(data.log("kafka").resolveSibling("kafka.log.5")).hasContent("start 3");
            assertThat(data.log("kafka").resolveSibling("kafka.log.6")).doesNotExist();
        }
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
