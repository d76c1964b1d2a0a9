package dev.netbase.standalone.stack;

import dev.netbase.standalone.kafka.KafkaProcess;
import dev.netbase.standalone.postgres.PostgresAccess;
import dev.netbase.standalone.postgres.PostgresServer;
import dev.netbase.standalone.process.Guardian;
import dev.netbase.standalone.process.Orphans;
import dev.netbase.standalone.process.ProcessListener;
import dev.netbase.standalone.process.ProcessSpec;
import dev.netbase.standalone.process.StartupException;
import dev.netbase.standalone.process.SupervisedProcess;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * The whole stack on one machine. PostgreSQL and Kafka start together; each service starts as soon as what it cannot
 * wait for by itself is there. Stopping goes the other way: services, then Kafka, then PostgreSQL.
 */
public final class Stack implements AutoCloseable {
    /** A stop must be done within 15 s. */
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(14);

    private final StackOptions options;
    private final DataDirectory data;
    private final StackListener listener;
    private final Guardian guardian;
    private final Path records;
    private final Endpoints endpoints;
    private final List<Integer> ports;
    private final Path java;
    private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    private final Children children;

    private Stack(StackOptions options, DataDirectory data, StackListener listener, List<Integer> ports)
            throws IOException {
        this.options = options;
        this.data = data;
        this.listener = listener;
        this.ports = ports;
        this.java = ProcessHandle.current().info().command().map(Path::of).orElseThrow();
        this.records = Files.createDirectories(data.runs()
                .resolve(System.currentTimeMillis() + "-"
                        + ProcessHandle.current().pid()));
        this.endpoints = new Endpoints(
                URI.create("http://localhost:" + ports.get(0)),
                "127.0.0.1:" + ports.get(2),
                new PostgresAccess(ports.get(1), data.postgresPassword()));
        this.guardian = Guardian.watch(records);
        this.children = new Children(records, new Reports());
    }

    /**
     * Ends what an earlier supervisor left, takes the ports, and begins to start everything. Returns at once; see
     * {@link #awaitReady}.
     *
     * @throws StartupException if a port is taken
     */
    public static Stack start(StackOptions options, DataDirectory data, StackListener listener) throws IOException {
        int orphans = Orphans.end(data.runs(), data.root());
        if (orphans > 0) {
            listener.say("ended " + orphans + " processes that an earlier start had left running");
        }
        List<PortRequest> requests = new ArrayList<>(List.of(options.http(), options.postgres(), options.kafka()));
        requests.add(PortRequest.any());
        options.services().forEach(service -> requests.add(PortRequest.any()));
        Stack stack = new Stack(options, data, listener, new Ports().choose(requests));
        try {
            data.announceKafka(stack.endpoints.kafka());
            stack.begin();
            return stack;
        } catch (IOException | RuntimeException e) {
            stack.close();
            throw e;
        }
    }

    public Endpoints endpoints() {
        return endpoints;
    }

    /** Where a service answers, by the name of its process; only the API's address is meant for others. */
    public URI service(String name) {
        for (int index = 0; index < options.services().size(); index++) {
            ServiceDefinition service = options.services().get(index);
            if (service.processName().equals(name)) {
                return URI.create("http://127.0.0.1:" + port(service, index));
            }
        }
        throw new IllegalArgumentException("no service " + name);
    }

    private int port(ServiceDefinition service, int index) {
        return service.api() ? ports.get(0) : ports.get(4 + index);
    }

    /** The pid of a child, by the name that its log has. */
    public OptionalLong pid(String name) {
        return children.pid(name);
    }

    /**
     * Waits until every process is ready, or until the stack is closed.
     *
     * @return false if it was closed before it was ready
     * @throws StartupException if it cannot start, with the reason for a person to read
     */
    public boolean awaitReady() throws InterruptedException {
        try {
            ready.get(options.startsWithin().toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            throw new StartupException("The stack was not ready within "
                    + options.startsWithin().toSeconds() + " s; still waiting for " + children.waitingFor() + ". See "
                    + data.log("NAME") + ".");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Children.StoppedException) {
                return false;
            }
            if (e.getCause() instanceof StartupException reason) {
                throw reason;
            }
            throw new StartupException("The stack could not start: " + e.getCause(), e);
        }
    }

    /** Makes {@link #awaitReady} return at once. The stack is still to be closed. */
    public void cancelStart() {
        ready.completeExceptionally(new Children.StoppedException());
    }

    @SuppressWarnings("FutureReturnValueIgnored") // all of them end in {@code ready}
    private void begin() throws IOException {
        KafkaProcess kafka = new KafkaProcess(
                data.kafka(),
                ports.get(2),
                options.detour().map(StackOptions.Detour::kafka).orElse(ports.get(2)),
                ports.get(3));
        Endpoints forServices = options.detour().map(this::by).orElse(endpoints);
        ProcessSpec broker = kafka.process(java, classPath(), data.freshLog("kafka"));
        Path postgresLog = data.freshLog("postgres");
        listener.say("starting PostgreSQL on 127.0.0.1:" + ports.get(1) + " and Kafka on " + endpoints.kafka()
                + ", logs in " + data.log("kafka").getParent());
        CompletableFuture<Void> database = run(() -> {
                    PostgresServer server = PostgresServer.prepare(
                            options.programs(),
                            data.postgres(),
                            endpoints.postgres(),
                            data.postgresPasswordFile(),
                            postgresLog);
                    return children.keep(server.process(postgresLog));
                })
                .thenCompose(SupervisedProcess::ready)
                .thenCompose(_ -> run(() -> {
                    endpoints.postgres().createDatabase();
                    return null;
                }));
        CompletableFuture<Void> topics = children.keep(broker)
                .ready()
                .thenCompose(_ -> run(() -> {
                    kafka.createTopics(options.instances());
                    return null;
                }));
        List<CompletableFuture<Void>> all = new ArrayList<>(List.of(database, topics));
        for (int index = 0; index < options.services().size(); index++) {
            ServiceDefinition service = options.services().get(index);
            int port = port(service, index);
            ProcessSpec spec =
                    ServiceProcess.of(service, java, data, forServices, port, data.freshLog(service.processName()));
            CompletableFuture<Void> needs =
                    service.needsTopics() ? CompletableFuture.allOf(database, topics) : database;
            all.add(needs.thenCompose(_ -> children.keep(spec).ready()));
        }
        // A failure ends the wait at once: joined futures would first wait for each other.
        all.forEach(step -> step.exceptionally(failure -> {
            ready.completeExceptionally(failure instanceof CompletionException ? failure.getCause() : failure);
            return null;
        }));
        CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenRun(() -> ready.complete(null));
    }

    private Endpoints by(StackOptions.Detour detour) {
        return new Endpoints(
                endpoints.api(),
                "127.0.0.1:" + detour.kafka(),
                new PostgresAccess(detour.postgres(), endpoints.postgres().password()));
    }

    private <T> CompletableFuture<T> run(Callable<T> task) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return task.call();
                    } catch (RuntimeException e) {
                        throw e;
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                },
                tasks);
    }

    /** This program's own, absolute: children run elsewhere. */
    private static String classPath() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** Stops everything in order; within 15 s whatever the processes do. */
    @Override
    public void close() {
        if (!children.refuseMore()) {
            return;
        }
        long end = System.nanoTime() + STOPS_WITHIN.toNanos();
        cancelStart();
        tasks.shutdownNow();
        children.stopServices();
        awaitTasks();
        children.stopInfrastructure(Duration.ofNanos(end - System.nanoTime()));
        guardian.close();
        try {
            data.withdrawKafka();
            Files.deleteIfExists(records);
        } catch (IOException e) {
            // The next start clears it.
        }
    }

    /** What was interrupted gets a moment to end what it had started. */
    private void awaitTasks() {
        try {
            boolean unused = tasks.awaitTermination(1, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Turns what becomes of the children into lines for a person, and a hopeless start into a failure. */
    private final class Reports implements ProcessListener {
        @Override
        public void restarting(ProcessSpec spec, int exitCode, Duration pause) {
            listener.say(spec.name() + " ended with exit code " + exitCode + ", starting it again; see " + spec.log());
        }

        @Override
        public void failing(ProcessSpec spec, int earlyExits) {
            String line = spec.name() + " has failed " + earlyExits + " times in a row before it was ready; see "
                    + spec.log();
            if (!ready.completeExceptionally(new StartupException(line)) && earlyExits % 10 == 0) {
                listener.say(line);
            }
        }
    }
}
