package dev.netbase.api.agent.application;

import dev.netbase.api.agent.domain.Agent;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.model.json.Json;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.problem.ProblemCode;
import dev.netbase.model.task.AgentType;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Defines and changes agents. */
@ApplicationScoped
public class Agents {
    private final AgentRepository repository;
    private final ConfigCheck configs;

    Agents(AgentRepository repository, LimitCaps caps) {
        this.repository = repository;
        this.configs = new ConfigCheck(caps);
    }

    /**
     * What to change; null leaves as it is.
     *
     * @param config replaces the whole configuration
     */
    public record Change(
            @Nullable String name,
            @Nullable Long assetFileId,
            @Nullable Map<String, @Nullable Object> config) {}

    /**
     * Defines an agent. Fails with {@code file-not-found}, {@code not-executable}, {@code invalid-config} or {@code
     * agent-name-taken}.
     */
    public Uni<Agent> define(String name, long assetFileId, Map<String, @Nullable Object> config, long ownerId) {
        return typeOf(assetFileId).flatMap(type -> {
            checkConfig(type, config);
            return repository.create(name, type, assetFileId, Json.write(config), ownerId);
        });
    }

    /** Changes an agent; runs that have started keep what they resolved. Fails as {@link #define} does. */
    public Uni<Agent> change(long id, Change change) {
        Long assetFileId = change.assetFileId();
        Uni<@Nullable AgentType> type = assetFileId == null
                ? Uni.createFrom().nullItem()
                : typeOf(assetFileId).map(found -> found);
        return type.flatMap(newType -> repository.update(id, agent -> changed(agent, change, newType)))
                .map(changed -> changed.orElseThrow(() -> notFound(id)));
    }

    /** A configuration that stays must be right for a file of another type too. */
    private Agent changed(Agent agent, Change change, @Nullable AgentType newType) {
        AgentType type = Objects.requireNonNullElse(newType, agent.agentType());
        Map<String, @Nullable Object> config = change.config();
        if (config != null || type != agent.agentType()) {
            checkConfig(type, config == null ? Json.parseObject(agent.config()) : config);
        }
        return new Agent(
                agent.id(),
                Objects.requireNonNullElse(change.name(), agent.name()),
                type,
                Objects.requireNonNullElse(change.assetFileId(), agent.assetFileId()),
                config == null ? agent.config() : Json.write(config),
                agent.ownerId(),
                agent.createdAt(),
                agent.updatedAt());
    }

    /** An agent that is not there. */
    public static ProblemException notFound(Object id) {
        return new ProblemException(ProblemCode.AGENT_NOT_FOUND, "there is no agent " + id);
    }

    private Uni<AgentType> typeOf(long assetFileId) {
        return repository.fileType(assetFileId).map(found -> {
            var fileType = found.orElseThrow(() -> new ProblemException(
                    ProblemCode.FILE_NOT_FOUND,
                    "there is no file " + assetFileId,
                    List.of(new FieldProblem("asset_file_id", "must be the id of a published file"))));
            return AgentType.of(fileType)
                    .orElseThrow(() -> new ProblemException(
                            ProblemCode.NOT_EXECUTABLE,
                            "the file " + assetFileId + " is " + fileType
                                    + "; only WASM, DOCKERFILE and SQL_SCRIPT run",
                            List.of(new FieldProblem("asset_file_id", "must be an executable file"))));
        });
    }

    private void checkConfig(AgentType type, Map<String, @Nullable Object> config) {
        List<FieldProblem> problems = configs.check(type, config);
        if (!problems.isEmpty()) {
            FieldProblem first = problems.getFirst();
            throw new ProblemException(ProblemCode.INVALID_CONFIG, first.field() + " " + first.message(), problems);
        }
    }
}
