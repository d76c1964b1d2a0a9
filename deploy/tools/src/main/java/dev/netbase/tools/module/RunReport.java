package dev.netbase.tools.module;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.limits.TaskLimits;
import dev.netbase.worker.wasm.Usage;
import dev.netbase.worker.wasm.WasmOutcome;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of a run.
 *
 * @param error its code and message; null if it completed
 * @param compiled whether loading compiled it, or found its code from an earlier run
 * @param outFiles files copied from its workspace
 */
record RunReport(
        byte[] output,
        @Nullable Failure error,
        byte[] stderr,
        Usage usage,
        TaskLimits limits,
        Duration loading,
        boolean compiled,
        Duration running,
        int outFiles) {
    private static final byte[] NOTHING = {};
    private static final ObjectMapper JSON = new ObjectMapper();

    /** As in a failed task's {@code error}. */
    record Failure(String code, String message) {}

    static RunReport refused(String code, String message, TaskLimits limits) {
        return new RunReport(
                NOTHING,
                new Failure(code, message),
                NOTHING,
                Usage.NONE,
                limits,
                Duration.ZERO,
                false,
                Duration.ZERO,
                0);
    }

    static RunReport of(
            WasmOutcome outcome,
            TaskLimits limits,
            Duration loading,
            boolean compiled,
            Duration running,
            int outFiles) {
        return switch (outcome) {
            case WasmOutcome.Completed done ->
                new RunReport(
                        done.output(), null, done.stderr(), done.usage(), limits, loading, compiled, running, outFiles);
            case WasmOutcome.Failed failed ->
                new RunReport(
                        NOTHING,
                        new Failure(failed.code().name(), failed.message()),
                        failed.stderr(),
                        failed.usage(),
                        limits,
                        loading,
                        compiled,
                        running,
                        outFiles);
        };
    }

    /** Prints it and answers the exit code. */
    int print(boolean asJson, PrintStream out, PrintStream err) throws IOException {
        if (asJson) {
            out.println(JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json()));
        } else {
            out.write(output);
            if (output.length > 0 && output[output.length - 1] != '\n') {
                out.println();
            }
            out.flush();
            err.write(stderr);
            if (stderr.length > 0 && stderr[stderr.length - 1] != '\n') {
                err.println();
            }
            printUsage(err);
        }
        return error == null ? 0 : 1;
    }

    private void printUsage(PrintStream err) {
        if (error != null) {
            err.printf("netbase: FAILED %s: %s%n", error.code(), error.message());
        } else {
            err.printf("netbase: COMPLETED, %d bytes of output%n", output.length);
        }
        err.printf("fuel_used=%d of %d%n", usage.fuelUsed(), limits.get(TaskLimit.FUEL));
        err.printf("peak_memory_bytes=%d of %d%n", usage.peakMemoryBytes(), limits.get(TaskLimit.MEMORY_BYTES));
        err.printf(Locale.ROOT, "run_ms=%.3f of %d%n", millis(running), limits.get(TaskLimit.TIMEOUT_MS));
        err.printf(Locale.ROOT, "load_ms=%.3f (%s)%n", millis(loading), compiled ? "compiled" : "not compiled");
        if (outFiles > 0) {
            err.printf("out_files=%d%n", outFiles);
        }
    }

    private ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("status", error == null ? "COMPLETED" : "FAILED");
        if (error == null) {
            putOutput(json);
        } else {
            json.putObject("error").put("code", error.code()).put("message", error.message());
        }
        json.put("stderr", new String(stderr, UTF_8));
        json.put("fuel_used", usage.fuelUsed());
        json.put("peak_memory_bytes", usage.peakMemoryBytes());
        json.put("run_ms", millis(running));
        json.put("load_ms", millis(loading));
        json.put("compiled", compiled);
        json.put("out_files", outFiles);
        return json;
    }

    /** As the API shows it: JSON as JSON, other UTF-8 as a string, anything else in base 64. */
    private void putOutput(ObjectNode json) {
        try {
            json.set("output", JSON.readTree(output).isMissingNode() ? json.textNode("") : JSON.readTree(output));
        } catch (IOException e) {
            try {
                json.put(
                        "output",
                        UTF_8.newDecoder().decode(ByteBuffer.wrap(output)).toString());
            } catch (CharacterCodingException binary) {
                json.putObject("output").put("base64", Base64.getEncoder().encodeToString(output));
            }
        }
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
