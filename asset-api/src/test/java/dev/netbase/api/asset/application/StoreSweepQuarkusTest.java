package dev.netbase.api.asset.application;

import static dev.netbase.api.testing.Api.newPackage;
import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.api.platform.schema.SchemaMigration.SchemaReady;
import dev.netbase.api.testing.Api.Upload;
import dev.netbase.api.testing.ServiceEnvironment;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class StoreSweepQuarkusTest {
    @Inject
    StoreSweep sweep;

    @ConfigProperty(name = "netbase.modules.root")
    Path modules;

    @Test
    void shouldRemoveVersionsThatNeverCommittedAndNoOthers() throws IOException {
        String nanoid = newPackage();
        new Upload()
                .metadata("{\"version_string\":\"1.0.0\"}")
                .file("a.txt", "x")
                .publish(nanoid)
                .then()
                .statusCode(201);
        Path uncommitted = Files.createDirectories(modules.resolve(nanoid).resolve("2.0.0"));
        Files.writeString(uncommitted.resolve("a.txt"), "half");

        sweep.sweep(new SchemaReady());

        assertThat(uncommitted).doesNotExist();
        assertThat(modules.resolve(nanoid).resolve("1.0.0/a.txt")).hasContent("x");
    }
}
