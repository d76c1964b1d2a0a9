package dev.netbase.tools.module;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.netbase.api.asset.wasm.ModuleKind;
import dev.netbase.api.asset.wasm.ModuleReport;
import dev.netbase.model.artifact.Sha256;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./netbase module inspect}. */
@Command(
        name = "inspect",
        description = "Says what a module is, what it imports and exports, and whether publishing would take it.")
final class InspectCommand implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this text")
    private boolean help;

    @Parameters(paramLabel = "FILE.wasm", description = "the module")
    private Path file = Path.of("");

    @Option(names = "--json", description = "one JSON object on stdout instead")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        ModuleReport report = Inspection.of(file, Settings.forSlots(1).caps());
        if (json) {
            System.out.println(
                    new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(json(report)));
        } else {
            print(report, System.out);
        }
        return report.refusal().isPresent() ? 1 : 0;
    }

    private void print(ModuleReport report, PrintStream out) throws IOException {
        out.printf("file      %s%n", file);
        out.printf("size      %d bytes%n", Files.size(file));
        out.printf("checksum  %s%n", Sha256.hex(Files.readAllBytes(file)));
        out.printf("kind      %s%n", report.kind().map(InspectCommand::describe).orElse("none that can be run"));
        report.memories().forEach(bytes -> out.printf("memory    begins with %d bytes%n", bytes));
        report.imports()
                .forEach(each -> out.printf(
                        "import    %s %s  %s%n", each.name(), each.type(), each.allowed() ? "allowed" : "NOT ALLOWED"));
        report.exports().forEach(each -> out.printf("export    %s %s%n", each.name(), each.type()));
        out.println(report.refusal()
                .map(why -> "refused   publishing would answer invalid-module: " + file.getFileName() + " " + why)
                .orElse("accepted  publishing would take it"));
    }

    private static String describe(ModuleKind kind) {
        return switch (kind) {
            case MEMORY_DELIVERY -> "MEMORY_DELIVERY: input and output through memory (alloc, run)";
            case COMMAND -> "COMMAND: WASI preview 1 (_start), input on stdin, output on stdout";
            case COMPONENT -> "COMPONENT: WASI 0.2";
        };
    }

    private ObjectNode json(ModuleReport report) throws IOException {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("file", file.toString());
        json.put("size_bytes", Files.size(file));
        json.put("checksum", Sha256.hex(Files.readAllBytes(file)));
        json.put("kind", report.kind().map(ModuleKind::name).orElse(null));
        json.put("accepted", report.refusal().isEmpty());
        json.put("refusal", report.refusal().orElse(null));
        ArrayNode memories = json.putArray("memory_bytes");
        report.memories().forEach(memories::add);
        ArrayNode imports = json.putArray("imports");
        report.imports()
                .forEach(each -> imports.addObject()
                        .put("name", each.name())
                        .put("type", each.type())
                        .put("allowed", each.allowed()));
        ArrayNode exports = json.putArray("exports");
        report.exports()
                .forEach(each -> exports.addObject().put("name", each.name()).put("type", each.type()));
        return json;
    }
}
