package dev.netbase.model.task;

import dev.netbase.model.asset.FileType;
import java.util.Optional;

/** How an agent's file is executed. */
public enum AgentType {
    WASM,
    CONTAINER,
    SQL;

    /** The agent type that a file of this type makes, or empty for a file that cannot be executed. */
    public static Optional<AgentType> of(FileType fileType) {
        return switch (fileType) {
            case WASM -> Optional.of(WASM);
            case DOCKERFILE -> Optional.of(CONTAINER);
            case SQL_SCRIPT -> Optional.of(SQL);
            case CONFIG_JSON, README_MD, OTHER -> Optional.empty();
        };
    }
}
