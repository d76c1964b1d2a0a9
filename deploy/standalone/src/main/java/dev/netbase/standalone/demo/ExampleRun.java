package dev.netbase.standalone.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.netbase.standalone.process.StartupException;
import dev.netbase.standalone.stack.StackListener;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Takes an example through the API: publish, define agents, define the workflow, run it, wait. */
public final class ExampleRun {
    private static final Duration ENDS_WITHIN = Duration.ofMinutes(5);

    private final ApiClient api;
    private final StackListener listener;

    public ExampleRun(ApiClient api, StackListener listener) {
        this.api = api;
        this.listener = listener;
    }

    /**
     * Runs the example once and returns the run as the API shows it when it has ended.
     *
     * @throws StartupException if the API refuses a step, with its answer
     */
    public JsonNode perform(Example example) throws IOException, InterruptedException {
        Map<String, Long> fileIds = publish(example);
        for (JsonNode agent : example.agents()) {
            defineAgent(agent, fileIds);
        }
        String workflow = example.workflow().required("name").asText();
        api.post("workflows", example.workflow());
        listener.say("defined " + example.agents().size() + " agents and the workflow " + workflow);
        JsonNode started = api.post("workflows/" + workflow + "/runs", object("inputs", example.inputs()));
        String runId = started.required("run_id").asText();
        listener.say("started run " + runId);
        return api.awaitRun(runId, ENDS_WITHIN);
    }

    private Map<String, Long> publish(Example example) throws IOException, InterruptedException {
        JsonNode info = example.packageInfo();
        String version = info.required("version_string").asText();
        ObjectNode about = object("name", info.required("name"));
        if (info.has("description")) {
            about.set("description", info.get("description"));
        }
        String nanoid = api.post("asset-packages", about).required("nanoid").asText();
        JsonNode published = api.publish(
                "asset-packages/" + nanoid + "/versions",
                object("version_string", info.required("version_string")),
                example.root(),
                example.files());
        Map<String, Long> fileIds = new HashMap<>();
        published
                .required("files")
                .forEach(file -> fileIds.put(
                        file.required("relative_path").asText(),
                        file.required("id").asLong()));
        listener.say("published " + info.required("name").asText() + " " + version + ", " + fileIds.size() + " files");
        return fileIds;
    }

    private void defineAgent(JsonNode agent, Map<String, Long> fileIds) throws IOException, InterruptedException {
        String file = agent.required("file").asText();
        Long fileId = fileIds.get(file);
        if (fileId == null) {
            throw new StartupException("agents.json names " + file + ", which is not in the package.");
        }
        ObjectNode definition = object("name", agent.required("name"));
        definition.put("asset_file_id", fileId);
        if (agent.has("config")) {
            definition.set("config", agent.get("config"));
        }
        api.post("agents", definition);
    }

    private static ObjectNode object(String name, JsonNode value) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.set(name, value);
        return object;
    }
}
