package dev.netbase.standalone.stack;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One of Netbase's services as a program to run.
 *
 * @param name its module's name, which stands on its command line and on no other module's process
 * @param instance 1 for the first process of the module, 2 for the second
 * @param jvmFlags memory and collector; what all services share is added
 * @param program what follows the flags: {@code -jar FILE}, or a class path and a main class
 * @param api whether it is the one that listens on the public port
 * @param needsTopics whether it is started only when the topics exist: a consumer of a topic that is not there yet
 *     would find it minutes later
 */
public record ServiceDefinition(
        String name, int instance, List<String> jvmFlags, List<String> program, boolean api, boolean needsTopics) {
    /** Not as early as the others: its start, for which everybody waits, would take 2 s longer with a tenth. */
    private static final List<String> API =
            List.of("-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:CompileThresholdScaling=0.3");

    /**
     * Of those that work for every task: each piece of code is compiled after a few uses instead of hundreds. The quick
     * compiler costs little, and the first runs after a start are nearly as fast as all others.
     */
    private static final List<String> WORKING =
            List.of("-Xms128m", "-Xmx640m", "-XX:+UseParallelGC", "-XX:CompileThresholdScaling=0.05");

    public ServiceDefinition {
        jvmFlags = List.copyOf(jvmFlags);
        program = List.copyOf(program);
    }

    /** The first process of a module. */
    public ServiceDefinition(
            String name, List<String> jvmFlags, List<String> program, boolean api, boolean needsTopics) {
        this(name, 1, jvmFlags, program, api, needsTopics);
    }

    /** The same program as another process of the module. */
    public ServiceDefinition asInstance(int number) {
        return new ServiceDefinition(name, number, jvmFlags, program, api, needsTopics);
    }

    /** What people and log files call the process: the module's name, and its number from the second on. */
    public String processName() {
        return numbered(name);
    }

    /** A name that no other instance has. */
    String numbered(String text) {
        return instance == 1 ? text : text + "-" + instance;
    }

    /**
     * Netbase's three services.
     *
     * @param home the root of the source tree, or of an installation with the same layout
     */
    public static List<ServiceDefinition> standard(Path home) {
        return List.of(
                new ServiceDefinition("asset-api", API, quarkusJar(home, "asset-api"), true, false),
                new ServiceDefinition("scheduler-service", WORKING, quarkusJar(home, "scheduler-service"), false, true),
                new ServiceDefinition("wasm-worker", WORKING, quarkusJar(home, "wasm-worker"), false, true));
    }

    /** With the AOT cache that the build made, if it made one: a start takes half as long. */
    private static List<String> quarkusJar(Path home, String module) {
        Path application = home.resolve(module).resolve("target/quarkus-app");
        Path cache = application.resolve("app.aot");
        List<String> program = new ArrayList<>();
        if (Files.isRegularFile(cache)) {
            program.add("-XX:AOTCache=" + cache);
        }
        program.add("-jar");
        program.add(application.resolve("quarkus-run.jar").toString());
        return program;
    }
}
