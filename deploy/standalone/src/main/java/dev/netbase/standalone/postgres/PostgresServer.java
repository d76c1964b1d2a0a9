package dev.netbase.standalone.postgres;

import dev.netbase.standalone.process.CommandLines;
import dev.netbase.standalone.process.ProcessSpec;
import dev.netbase.standalone.process.StartupException;
import dev.netbase.standalone.process.StopSignal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** The embedded PostgreSQL server: makes its cluster once and says how to run it. */
public final class PostgresServer {
    /** Every setting that differs from PostgreSQL's own defaults, or that nothing may change. */
    private static final Map<String, String> SETTINGS = settings();

    private static final String UNFINISHED = "postgres.initializing-";

    private final Path home;
    private final Path cluster;
    private final PostgresAccess access;
    private final Path passwordFile;
    private final List<String> unprivileged;

    private PostgresServer(Path home, Path cluster, PostgresAccess access, Path passwordFile) {
        this.home = home;
        this.cluster = cluster;
        this.access = access;
        this.passwordFile = passwordFile;
        this.unprivileged = unprivileged();
    }

    /**
     * Unpacks the programs and makes the cluster, unless that was done before.
     *
     * @param programs where unpacked programs are kept for this user
     * @param cluster the directory of the database cluster
     * @param passwordFile holds {@code access.password()}
     * @param log of the making of the cluster
     */
    public static PostgresServer prepare(
            Path programs, Path cluster, PostgresAccess access, Path passwordFile, Path log)
            throws IOException, InterruptedException {
        PostgresServer server =
                new PostgresServer(PostgresBinaries.unpackInto(programs), cluster, access, passwordFile);
        server.makeCluster(log);
        server.dropLockOfAnotherProgram();
        return server;
    }

    /** The server as a process to keep alive. */
    public ProcessSpec process(Path log) {
        List<String> command = new ArrayList<>(unprivileged);
        command.addAll(List.of(program("postgres"), "-D", cluster.toString(), "-p", Integer.toString(access.port())));
        SETTINGS.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
        return new ProcessSpec("postgres", command, Map.of(), log, StopSignal.INTERRUPT, access::answers);
    }

    private static Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("fsync", "on");
        settings.put("synchronous_commit", "on");
        settings.put("full_page_writes", "on");
        settings.put("listen_addresses", "127.0.0.1");
        settings.put("unix_socket_directories", "");
        settings.put("max_connections", "200");
        settings.put("shared_buffers", "256MB");
        settings.put("effective_cache_size", "1GB");
        settings.put("maintenance_work_mem", "64MB");
        settings.put("max_wal_size", "2GB");
        settings.put("random_page_cost", "1.1");
        settings.put("jit", "off");
        settings.put("timezone", "UTC");
        settings.put("log_timezone", "UTC");
        settings.put("log_checkpoints", "off");
        return settings;
    }

    /** Made beside its place and renamed: a start that is killed half way leaves nothing that looks like a cluster. */
    private void makeCluster(Path log) throws IOException, InterruptedException {
        if (Files.isDirectory(cluster)) {
            return;
        }
        Path parent = Objects.requireNonNull(cluster.getParent());
        try (DirectoryStream<Path> unfinished = Files.newDirectoryStream(parent, UNFINISHED + "*")) {
            for (Path directory : unfinished) {
                delete(directory);
            }
        }
        Path fresh = Files.createTempDirectory(parent, UNFINISHED);
        List<String> command = new ArrayList<>(unprivileged);
        command.addAll(List.of(
                program("initdb"),
                "--pgdata=" + fresh,
                "--username=" + PostgresAccess.SUPERUSER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8"));
        run(command, log);
        Files.move(fresh, cluster, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void run(List<String> command, Path log) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        try {
            if (process.waitFor() != 0) {
                throw new StartupException("PostgreSQL could not make its data directory; see " + log);
            }
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /**
     * After a power failure the pid in {@code postmaster.pid} may have gone to another program, which PostgreSQL takes
     * for a running server. Whoever calls holds the data directory's lock and has ended its orphans, so a live process
     * that does not name this cluster is such a stranger. A dead pid is left for PostgreSQL to judge.
     */
    private void dropLockOfAnotherProgram() throws IOException {
        Path lock = cluster.resolve("postmaster.pid");
        if (!Files.exists(lock)) {
            return;
        }
        List<String> lines = Files.readAllLines(lock);
        boolean stranger = !lines.isEmpty()
                && lines.getFirst().matches("-?\\d{1,18}")
                && ProcessHandle.of(Math.abs(Long.parseLong(lines.getFirst())))
                        .map(CommandLines::of)
                        .filter(line -> !line.contains(cluster.toString()))
                        .isPresent();
        if (stranger) {
            Files.delete(lock);
        }
    }

    private String program(String name) {
        return home.resolve("bin").resolve(name).toString();
    }

    /** PostgreSQL refuses to run as root; in a user namespace of its own it is not root, yet owns the same files. */
    private static List<String> unprivileged() {
        if (!"root".equals(System.getProperty("user.name")) || !Files.isDirectory(Path.of("/proc"))) {
            return List.of();
        }
        List<String> prefix = List.of("unshare", "--user", "--");
        List<String> probe = new ArrayList<>(prefix);
        probe.add("true");
        try {
            Process process = new ProcessBuilder(probe)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (process.waitFor() == 0) {
                return prefix;
            }
        } catch (IOException e) {
            // The same answer as when it is there but not allowed.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new StartupException("PostgreSQL does not run as root, and this system does not let it have a user"
                + " namespace of its own (unshare --user): run netbase as an ordinary user.");
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
