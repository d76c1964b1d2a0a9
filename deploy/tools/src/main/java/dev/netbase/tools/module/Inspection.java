package dev.netbase.tools.module;

import dev.netbase.api.asset.wasm.ModuleInspector;
import dev.netbase.api.asset.wasm.ModuleReport;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.limits.TaskLimit;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file as publishing sees it. */
final class Inspection {
    private Inspection() {}

    /** @throws ToolException if there is no such file */
    static ModuleReport of(Path file, LimitCaps caps) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new ToolException("there is no file " + file);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return new ModuleInspector(caps.cap(TaskLimit.MEMORY_BYTES)).inspect(channel);
        }
    }
}
