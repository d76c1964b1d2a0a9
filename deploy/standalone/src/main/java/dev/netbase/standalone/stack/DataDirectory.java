package dev.netbase.standalone.stack;

import dev.netbase.standalone.process.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/** The directory that holds everything a stack keeps. Locked while it is open, so that two stacks never share one. */
public final class DataDirectory implements AutoCloseable {
    private static final String PRIVATE_DIRECTORY = "rwx------";
    private static final String PRIVATE_FILE = "rw-------";
    private static final String KAFKA_ADDRESS = "kafka-address";
    private static final int SECRET_BYTES = 32;
    private static final int KEPT_LOGS = 5;

    private final Path root;
    private final FileChannel lock;

    private DataDirectory(Path root, FileChannel lock) {
        this.root = root;
        this.lock = lock;
    }

    /**
     * Creates what is missing and takes the lock.
     *
     * @throws StartupException if another stack uses it, or it cannot be written
     */
    public static DataDirectory open(Path directory) {
        try {
            Files.createDirectories(directory);
            Path root = directory.toRealPath();
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString(PRIVATE_DIRECTORY));
            FileChannel lock = lock(root);
            for (String name : List.of("modules", "artifacts", "workspaces", "logs", "cache", "run")) {
                Files.createDirectories(root.resolve(name));
            }
            Base64.Encoder plain = Base64.getUrlEncoder().withoutPadding();
            createSecret(root.resolve("admin-token"), "", plain);
            createSecret(root.resolve("postgres-password"), "", plain);
            createSecret(root.resolve("webhook-secret"), "whsec_", Base64.getEncoder());
            return new DataDirectory(root, lock);
        } catch (AccessDeniedException e) {
            throw new StartupException("The data directory " + directory + " cannot be written: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new StartupException("The data directory " + directory + " cannot be used: " + e, e);
        }
    }

    /** Its absolute path without symbolic links. */
    public Path root() {
        return root;
    }

    public Path postgres() {
        return root.resolve("postgres");
    }

    public Path kafka() {
        return root.resolve("kafka");
    }

    public Path modules() {
        return root.resolve("modules");
    }

    public Path artifacts() {
        return root.resolve("artifacts");
    }

    public Path workspaces() {
        return root.resolve("workspaces");
    }

    public Path cache() {
        return root.resolve("cache");
    }

    /** One directory of pid records for each supervisor that has run here. */
    Path runs() {
        return root.resolve("run");
    }

    /** The file with the bearer token of the user {@code admin}. */
    public Path adminToken() {
        return root.resolve("admin-token");
    }

    /** The file with the secret that webhooks are signed with, as Standard Webhooks write it. */
    public Path webhookSecret() {
        return root.resolve("webhook-secret");
    }

    Path postgresPasswordFile() {
        return root.resolve("postgres-password");
    }

    String postgresPassword() throws IOException {
        return Files.readString(postgresPasswordFile());
    }

    /** Tells other commands where the running stack's broker is; the file is there while it runs. */
    void announceKafka(String servers) throws IOException {
        Path fresh = Files.writeString(root.resolve("kafka-address.tmp"), servers);
        Files.move(fresh, root.resolve(KAFKA_ADDRESS), StandardCopyOption.ATOMIC_MOVE);
    }

    void withdrawKafka() throws IOException {
        Files.deleteIfExists(root.resolve(KAFKA_ADDRESS));
    }

    /**
     * What clients connect to, of the stack that runs on this directory.
     *
     * @throws StartupException if none does
     */
    public static String kafkaOfRunningStack(Path directory) throws IOException {
        try {
            return Files.readString(directory.resolve(KAFKA_ADDRESS)).strip();
        } catch (NoSuchFileException e) {
            throw new StartupException("No stack runs on " + directory
                    + ": start it with ./netbase up, or give its directory with --data, or a broker with --kafka.");
        }
    }

    /** The log of a process. */
    public Path log(String name) {
        return root.resolve("logs").resolve(name + ".log");
    }

    /** Puts an earlier run's log aside, as {@code NAME.log.1}; five of them are kept. */
    Path freshLog(String name) throws IOException {
        Path log = log(name);
        for (int age = KEPT_LOGS; age >= 1; age--) {
            Path younger = age == 1 ? log : log.resolveSibling(name + ".log." + (age - 1));
            if (Files.exists(younger)) {
                Files.move(younger, log.resolveSibling(name + ".log." + age), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        return log;
    }

    /** Gives the directory free. */
    @Override
    public void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileChannel lock(Path root) throws IOException {
        FileChannel channel =
                FileChannel.open(root.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // Held by this very process, which makes no difference to whoever asks.
        }
        channel.close();
        throw new StartupException("The data directory " + root
                + " is in use by another netbase: stop that one, or give another directory with --data.");
    }

    /** Random, readable by its owner only, and either whole or not there. No line break, so that it can be used as is. */
    private static void createSecret(Path file, String prefix, Base64.Encoder encoder) throws IOException {
        if (Files.exists(file)) {
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(PRIVATE_FILE));
            return;
        }
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        String secret = prefix + encoder.encodeToString(random);
        Path fresh = Files.createTempFile(
                file.getParent(),
                "secret-",
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(PRIVATE_FILE)));
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(secret.getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
