package dev.netbase.worker.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.netbase.worker.testing.ForkedJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is registered for a native image, against what a tracing agent saw while the library was put through all it can do.
 * The agent is {@code src/test/native/tracer.c}, for GraalVM's own comes only with GraalVM.
 */
class TracedLibraryTest {
    private static final String METADATA = "META-INF/native-image/dev.netbase/wasm-worker/reachability-metadata.json";

    /** Asked by the library: from one of its methods, or from a thread of its own, which has no Java frames. */
    private static final Pattern JNI = Pattern.compile(
            "^jni \\S+ (?!Lsun/launcher/|\\S+\\.main\\()(\\S+?)(?:\\.(\\S+))? by (?:Ldev/netbase/\\S+|-)$",
            Pattern.MULTILINE);

    private static final Pattern RESOURCE =
            Pattern.compile("^resource \\S+ (\\S+) by Ldev/netbase/worker/wasm/NativeLibrary;$", Pattern.MULTILINE);

    @TempDir
    static Path folder;

    private static String trace;
    private static JsonNode metadata;

    @BeforeAll
    static void run() throws IOException, InterruptedException {
        try (var in = TracedLibraryTest.class.getClassLoader().getResourceAsStream(METADATA)) {
            metadata = new ObjectMapper().readTree(in);
        }
        Path traced = folder.resolve("traced");
        ForkedJvm jvm = ForkedJvm.run(
                JniExercise.class,
                folder.resolve("log"),
                Sandboxes.PATIENCE,
                List.of("-agentpath:" + agent() + "=" + traced, "-Xmx128m"),
                folder.resolve("exercise").toString());
        assertThat(jvm.output()).contains(JniExercise.FINE);
        trace = Files.readString(traced);
    }

    private static Path agent() throws IOException, InterruptedException {
        Path include = Path.of(System.getProperty("java.home"), "include");
        Path library = folder.resolve("libtracer.so");
        Process compiler = new ProcessBuilder(
                        "cc",
                        "-shared",
                        "-fPIC",
                        "-I" + include,
                        "-I" + include.resolve("linux"),
                        "-o",
                        library.toString(),
                        "src/test/native/tracer.c")
                .inheritIO()
                .start();
        assertThat(compiler.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(compiler.exitValue()).isZero();
        return library;
    }

    private static Stream<MatchResult> matches(Pattern pattern) {
        return pattern.matcher(trace).results();
    }

    /** {@code [Ljava/lang/String;} as {@code java.lang.String[]}. */
    private static String type(String signature) {
        return signature.startsWith("[")
                ? type(signature.substring(1)) + "[]"
                : signature.substring(1, signature.length() - 1).replace('/', '.');
    }

    @Test
    void shouldRegisterTheClassesThatTheLibraryAsksFor() {
        TreeSet<String> registered = new TreeSet<>();
        for (JsonNode each : metadata.path("reflection")) {
            if (each.path("jniAccessible").asBoolean()
                    && !each.path("type").asText().endsWith("[]")) {
                registered.add(each.path("type").asText());
            }
        }

        assertThat(matches(JNI).map(match -> type(match.group(1))).distinct())
                .containsExactlyInAnyOrderElementsOf(registered);
    }

    @Test
    void shouldRegisterTheMethodsThatTheLibraryAsksFor() {
        TreeSet<String> registered = new TreeSet<>();
        for (JsonNode each : metadata.path("reflection")) {
            for (JsonNode method : each.path("methods")) {
                StringBuilder parameters = new StringBuilder();
                method.path("parameterTypes").forEach(parameter -> parameters.append(signature(parameter.asText())));
                registered.add(
                        each.path("type").asText() + "." + method.path("name").asText() + "(" + parameters + ")");
            }
        }

        assertThat(matches(JNI)
                        .filter(match -> match.group(2) != null)
                        .map(match ->
                                type(match.group(1)) + "." + match.group(2).replaceFirst("\\).*", ")"))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(registered);
    }

    private static String signature(String type) {
        if (type.endsWith("[]")) {
            return "[" + signature(type.substring(0, type.length() - 2));
        }
        return switch (type) {
            case "long" -> "J";
            case "int" -> "I";
            case "boolean" -> "Z";
            case "byte" -> "B";
            default -> "L" + type.replace('.', '/') + ";";
        };
    }

    @Test
    void shouldRegisterTheFilesThatAreTakenFromTheArchive() {
        TreeSet<String> registered = new TreeSet<>();
        metadata.path("resources")
                .forEach(each -> registered.add(each.path("glob").asText()));

        assertThat(matches(RESOURCE).map(match -> match.group(1)).distinct())
                .containsExactlyInAnyOrderElementsOf(registered);
    }
}
