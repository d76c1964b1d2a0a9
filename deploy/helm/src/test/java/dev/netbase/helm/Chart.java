package dev.netbase.helm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The chart as Helm itself reads it. */
final class Chart {
    static final Path DIRECTORY = Path.of("netbase").toAbsolutePath();
    private static final Path VALUES = DIRECTORY.resolve("ci/minimal-values.yaml");
    private static final String KUBERNETES = "1.33.0";
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Chart() {}

    static LintResult lint() {
        return new Helm(DIRECTORY).lint().strict().call();
    }

    /** What would be applied with the least values and these, by {@code --set}. */
    static List<JsonNode> render(Map<String, Object> values) throws IOException {
        TemplateCommand template = new Helm(DIRECTORY)
                .template()
                .withName("release")
                .withKubeVersion(KUBERNETES)
                .withValuesFile(VALUES);
        values.forEach(template::set);
        return documents(template.call());
    }

    /** What would be applied with nothing given. */
    static String renderDefaults() {
        return new Helm(DIRECTORY)
                .template()
                .withName("release")
                .withKubeVersion(KUBERNETES)
                .call();
    }

    private static List<JsonNode> documents(String yaml) throws IOException {
        List<JsonNode> documents = new ArrayList<>();
        try (MappingIterator<JsonNode> all = YAML.readerFor(JsonNode.class).readValues(yaml)) {
            while (all.hasNext()) {
                JsonNode document = all.next();
                if (document != null && document.isObject()) {
                    documents.add(document);
                }
            }
        }
        return documents;
    }
}
