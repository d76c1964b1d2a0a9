package dev.netbase.standalone.stack;

import dev.netbase.standalone.postgres.PostgresAccess;
import dev.netbase.standalone.process.ProcessSpec;
import dev.netbase.standalone.process.Readiness;
import dev.netbase.standalone.process.StopSignal;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns a service's definition into a process: its command line, its environment, its health. */
public final class ServiceProcess {
    private static final int PROBE_MILLIS = 2_000;
    private static final List<String> JVM_FLAGS = List.of(
            "-XX:+ExitOnOutOfMemoryError",
            // On two cores the optimising compiler takes more time than its code saves, for the first many thousand
            // tasks.
            "-XX:TieredStopAtLevel=1",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dfile.encoding=UTF-8",
            // Every poll before a service is ready would be a line.
            "-Dquarkus.log.category.\"io.smallrye.health\".level=WARN");

    private ServiceProcess() {}

    /**
     * The process of a service on a stack's database, broker and directories.
     *
     * @param java the JDK's launcher
     * @param port where it is to answer, on 127.0.0.1
     * @param log receives what it says
     */
    public static ProcessSpec of(
            ServiceDefinition service, Path java, DataDirectory data, Endpoints endpoints, int port, Path log) {
        List<String> command = new ArrayList<>(
                List.of(java.toString(), "-Dnetbase.service=" + service.name(), "-Dnetbase.data=" + data.root()));
        command.addAll(JVM_FLAGS);
        command.addAll(service.jvmFlags());
        command.addAll(service.program());
        return new ProcessSpec(
                service.processName(),
                command,
                environment(service, data, endpoints, port),
                log,
                StopSignal.TERMINATE,
                health(port));
    }

    private static Map<String, String> environment(
            ServiceDefinition service, DataDirectory data, Endpoints endpoints, int port) {
        Map<String, String> environment = new HashMap<>(Map.of(
                "QUARKUS_HTTP_HOST", "127.0.0.1",
                "QUARKUS_HTTP_PORT", Integer.toString(port),
                "QUARKUS_DATASOURCE_REACTIVE_URL", endpoints.postgres().reactiveUrl(),
                "QUARKUS_DATASOURCE_USERNAME", PostgresAccess.ROLE,
                "QUARKUS_DATASOURCE_PASSWORD", endpoints.postgres().password(),
                "KAFKA_BOOTSTRAP_SERVERS", endpoints.kafka(),
                "NETBASE_MODULES_ROOT", data.modules().toString(),
                "NETBASE_ARTIFACTS_ROOT", data.artifacts().toString(),
                "NETBASE_WORKSPACES_ROOT", own(data.workspaces(), service),
                "NETBASE_CACHE_ROOT", own(data.cache(), service)));
        environment.put("NETBASE_WORKER_NAME", service.numbered("standalone"));
        environment.put("NETBASE_SCHEDULER_INSTANCE_ID", service.numbered("standalone"));
        environment.put("NETBASE_WEBHOOKS_SECRET_FILE", data.webhookSecret().toString());
        // Requests in flight, and tasks that run, get less time than the service has before it is killed.
        environment.put("QUARKUS_SHUTDOWN_TIMEOUT", "6S");
        environment.put("NETBASE_WORKER_DRAIN_TIMEOUT", "4s");
        if (service.api()) {
            environment.put("QUARKUS_DATASOURCE_JDBC_URL", endpoints.postgres().jdbcUrl());
            environment.put(
                    "NETBASE_SECURITY_ADMIN_TOKEN_FILE", data.adminToken().toString());
        }
        return environment;
    }

    /** What two workers must not share: each sweeps it when it starts. */
    private static String own(Path directory, ServiceDefinition service) {
        return service.numbered(directory.toString());
    }

    private static Readiness health(int port) {
        URI ready = URI.create("http://127.0.0.1:" + port + "/q/health/ready");
        return () -> {
            HttpURLConnection connection = (HttpURLConnection) ready.toURL().openConnection();
            connection.setConnectTimeout(PROBE_MILLIS);
            connection.setReadTimeout(PROBE_MILLIS);
            try {
                return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
            } finally {
                connection.disconnect();
            }
        };
    }
}
