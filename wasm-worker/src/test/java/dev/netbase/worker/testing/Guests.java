package dev.netbase.worker.testing;

import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.task.AgentType;
import dev.netbase.model.testing.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Publishes guests of the sandbox's own tests, as asset-api leaves them: rows, and files below the modules root. */
public final class Guests {
    private static final String NANOID = "guests-12345";
    private static final String VERSION = "1.0.0";
    private final TestDatabase database;
    private final Path folder;
    private long nextId = 1_000;

    /** A package without files. */
    public Guests(TestDatabase database, Path modulesRoot) {
        this.database = database;
        this.folder = modulesRoot.resolve(NANOID).resolve(VERSION);
        database.execute("insert into asset_packages(id, nanoid, name, owner_id) values (1000, '" + NANOID
                + "', 'guests', 1);"
                + "insert into asset_versions(id, package_id, version_string, precedence) values (1000, 1000, '"
                + VERSION + "', '1')");
    }

    /** Publishes a guest and returns the id of a spec that runs it with this configuration. */
    public long publish(String name, String config) {
        return spec(AgentType.WASM, publishFile("bin/" + nextId + "/" + name + ".wasm", content(name)), config);
    }

    /** Publishes a SQL script and returns the id of a spec that runs it with this configuration. */
    public long publishScript(String script, String config) {
        byte[] content = script.getBytes(StandardCharsets.UTF_8);
        return spec(AgentType.SQL, publishFile("sql/" + nextId + ".sql", content), config);
    }

    private long spec(AgentType type, long fileId, String config) {
        long specId = nextId++;
        database.execute("insert into task_specs(id, digest, agent_id, agent_type, asset_file_id, config) values ("
                + specId + ", '" + specId + "', 1, '" + type + "', " + fileId + ", '" + config + "')");
        return specId;
    }

    /** Publishes any file. */
    public long publishFile(String relativePath, byte[] content) {
        long id = nextId++;
        write(relativePath, content);
        database.execute(
                "insert into asset_files(id, version_id, file_type, relative_path, checksum, size_bytes) values (" + id
                        + ", 1000, 'OTHER', '" + relativePath + "', '" + Sha256.hex(content) + "', "
                        + content.length + ")");
        return id;
    }

    /** Changes a file behind the registry's back. */
    public void write(String relativePath, byte[] content) {
        try {
            Path file = folder.resolve(relativePath);
            Files.createDirectories(file.getParent());
            Files.write(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The path of the module that a spec runs. */
    public String path(long specId) {
        return database.query("select relative_path from task_specs s join asset_files f on f.id = s.asset_file_id"
                + " where s.id = " + specId);
    }

    /** The bytes of a guest. */
    public static byte[] content(String name) {
        try {
            return Files.readAllBytes(Path.of(System.getProperty("netbase.test.guests"), name + ".wasm"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
