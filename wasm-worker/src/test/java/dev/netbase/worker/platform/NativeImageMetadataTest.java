package dev.netbase.worker.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Executable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What is registered for a native image, against what the native library asks the JVM for by name: the two static
 * methods that it calls back, and the exceptions that it throws. Its source is where the names are.
 */
class NativeImageMetadataTest {
    private static final String METADATA = "META-INF/native-image/dev.netbase/wasm-worker/reachability-metadata.json";
    private static final Pattern METHOD = Pattern.compile(
            "get_static_method_id\\(\\s*class,\\s*jni_str!\\(\"(\\w+)\"\\),\\s*jni_sig!\\(\"(.*?)\"\\)");
    private static final Pattern CLASS = Pattern.compile("jni_str!\\(\"(java/[\\w/]+)\"\\)");
    private static final Map<Character, String> PRIMITIVES =
            Map.of('J', "long", 'I', "int", 'Z', "boolean", 'B', "byte", 'D', "double");

    private static JsonNode metadata;
    private static String source;

    @BeforeAll
    static void read() throws IOException {
        try (InputStream in = NativeImageMetadataTest.class.getClassLoader().getResourceAsStream(METADATA)) {
            metadata = new ObjectMapper().readTree(in);
        }
        try (Stream<Path> files = Files.list(Path.of("native/src/jni"))) {
            StringBuilder all = new StringBuilder();
            for (Path file : files.toList()) {
                all.append(Files.readString(file));
            }
            source = all.toString();
        }
    }

    private static JsonNode registered(String type) {
        for (JsonNode each : metadata.path("reflection")) {
            if (each.path("type").asText().equals(type)) {
                assertThat(each.path("jniAccessible").asBoolean()).as(type).isTrue();
                return each;
            }
        }
        throw new AssertionError(type + " is not registered");
    }

    private static List<String> methods(JsonNode type) {
        List<String> methods = new ArrayList<>();
        for (JsonNode method : type.path("methods")) {
            List<String> parameters = new ArrayList<>();
            method.path("parameterTypes").forEach(parameter -> parameters.add(parameter.asText()));
            methods.add(method.path("name").asText() + parameters);
        }
        return methods;
    }

    /** {@code (JI[BLjava/lang/String;)V} as {@code [long, int, byte[], java.lang.String]}. */
    private static List<String> parameters(String signature) {
        List<String> parameters = new ArrayList<>();
        String array = "";
        for (int i = 1; signature.charAt(i) != ')'; i++) {
            char kind = signature.charAt(i);
            if (kind == '[') {
                array += "[]";
                continue;
            }
            if (kind == 'L') {
                int end = signature.indexOf(';', i);
                parameters.add(signature.substring(i + 1, end).replace('/', '.') + array);
                i = end;
            } else {
                parameters.add(PRIMITIVES.get(kind) + array);
            }
            array = "";
        }
        return parameters;
    }

    @Test
    void shouldRegisterExactlyTheMethodsThatTheLibraryCalls() {
        List<String> called = METHOD.matcher(source)
                .results()
                .map(method -> method.group(1) + parameters(method.group(2)))
                .toList();

        assertThat(called).hasSize(2);
        assertThat(methods(registered("dev.netbase.worker.wasm.NativeSandbox")))
                .containsExactlyInAnyOrderElementsOf(called);
    }

    @Test
    void shouldRegisterExactlyTheExceptionsThatTheLibraryThrows() {
        TreeSet<String> thrown = new TreeSet<>();
        CLASS.matcher(source)
                .results()
                .forEach(match -> thrown.add(match.group(1).replace('/', '.')));

        assertThat(thrown).isNotEmpty();
        thrown.forEach(type -> assertThat(methods(registered(type))).containsExactly("<init>[java.lang.String]"));
    }

    @Test
    void shouldRegisterOnlyWhatIsThere() throws ReflectiveOperationException {
        for (JsonNode each : metadata.path("reflection")) {
            String name = each.path("type").asText();
            if (name.endsWith("[]")) {
                continue;
            }
            Class<?> type = Class.forName(name, false, getClass().getClassLoader());
            List<String> existing = Stream.<Executable>concat(
                            Arrays.stream(type.getDeclaredMethods()), Arrays.stream(type.getDeclaredConstructors()))
                    .map(NativeImageMetadataTest::describe)
                    .toList();
            assertThat(existing).containsAll(methods(each));
        }
        for (JsonNode resource : metadata.path("resources")) {
            assertThat(getClass()
                            .getClassLoader()
                            .getResource(resource.path("glob").asText()))
                    .as(resource.toString())
                    .isNotNull();
        }
    }

    private static String describe(Executable executable) {
        String name = executable instanceof java.lang.reflect.Constructor<?> ? "<init>" : executable.getName();
        return name
                + Arrays.stream(executable.getParameterTypes())
                        .map(Class::getTypeName)
                        .toList();
    }
}
