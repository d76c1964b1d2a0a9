package dev.netbase.api.workflow.application;

import dev.netbase.model.cache.RecentlyUsed;
import dev.netbase.model.definition.DefinitionParser;
import dev.netbase.model.definition.DefinitionParser.Result;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.expression.ExpressionCompiler;
import dev.netbase.model.json.Json;
import dev.netbase.model.limits.LimitCaps;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collections;
import java.util.Map;

/** Versions of workflows, compiled. They never change, so those used last are kept. */
@ApplicationScoped
public class CompiledDefinitions {
    private static final int KEPT = 500;

    private final DefinitionSource source;
    private final Vertx vertx;
    /** Definitions were checked against the operator's caps when they were posted. */
    private final DefinitionParser parser = new DefinitionParser(new ExpressionCompiler(), LimitCaps.unbounded());

    private final Map<Key, WorkflowDefinition> kept = Collections.synchronizedMap(new RecentlyUsed<>(KEPT));

    private record Key(long workflowId, int version) {}

    CompiledDefinitions(DefinitionSource source, Vertx vertx) {
        this.source = source;
        this.vertx = vertx;
    }

    /** A version that is there. */
    public Uni<WorkflowDefinition> get(long workflowId, int version) {
        Key key = new Key(workflowId, version);
        WorkflowDefinition known = kept.get(key);
        if (known != null) {
            return Uni.createFrom().item(known);
        }
        return source.definition(workflowId, version)
                .map(found -> found.orElseThrow(() -> new IllegalStateException("no definition of " + key)))
                .flatMap(json -> vertx.executeBlocking(() -> compile(key, json)))
                .invoke(definition -> kept.put(key, definition));
    }

    private WorkflowDefinition compile(Key key, String json) {
        return switch (parser.parse(Json.parse(json))) {
            case Result.Valid(WorkflowDefinition definition) -> definition;
            case Result.Invalid invalid -> throw new IllegalStateException(key + ": " + invalid.problems());
        };
    }
}
