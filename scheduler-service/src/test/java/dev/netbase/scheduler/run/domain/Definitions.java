package dev.netbase.scheduler.run.domain;

import dev.netbase.model.definition.DefinitionParser;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.expression.ExpressionCompiler;
import dev.netbase.model.json.Json;
import dev.netbase.model.limits.LimitCaps;

/** Definitions for tests, from JSON. */
public final class Definitions {
    private static final DefinitionParser PARSER = new DefinitionParser(new ExpressionCompiler(), LimitCaps.defaults());

    private Definitions() {}

    /** The definition; fails if it is not valid. */
    public static WorkflowDefinition of(String json) {
        return switch (PARSER.parse(Json.parse(json))) {
            case DefinitionParser.Result.Valid(WorkflowDefinition definition) -> definition;
            case DefinitionParser.Result.Invalid invalid ->
                throw new IllegalArgumentException(invalid.problems().toString());
        };
    }
}
