package dev.netbase.api.workflow.application;

import dev.netbase.api.agent.application.AgentRepository;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.workflow.domain.Workflow;
import dev.netbase.model.definition.DefinitionParser;
import dev.netbase.model.definition.DefinitionParser.Result;
import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.definition.NodeTarget;
import dev.netbase.model.definition.StartSettings;
import dev.netbase.model.definition.Webhook;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.expression.ExpressionCompiler;
import dev.netbase.model.json.Json;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.problem.ProblemCode;
import dev.netbase.model.webhook.WebhookRules;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Defines workflows. A definition is checked in full before it is kept, so that whatever is kept can run. */
@ApplicationScoped
public class Workflows {
    private static final int MAX_PROBLEMS_IN_DETAIL = 5;

    private final WorkflowRepository repository;
    private final AgentRepository agents;
    private final WorkflowLinks links;
    private final DefinitionParser parser;
    private final WebhookRules webhooks;
    private final Vertx vertx;

    Workflows(
            WorkflowRepository repository,
            AgentRepository agents,
            WorkflowLinks links,
            LimitCaps caps,
            WebhookRules webhooks,
            Vertx vertx) {
        this.repository = repository;
        this.agents = agents;
        this.links = links;
        this.parser = new DefinitionParser(new ExpressionCompiler(), caps);
        this.webhooks = webhooks;
        this.vertx = vertx;
    }

    /** Defines a workflow. Fails with {@code invalid-definition} or {@code workflow-name-taken}. */
    public Uni<Workflow> define(String name, Map<String, @Nullable Object> definition, long ownerId) {
        return checked(name, definition)
                .flatMap(checked -> repository.create(
                        name, Json.write(definition), checked.agentIds(), checked.settings(), ownerId));
    }

    /** Makes the next version; runs keep theirs. Fails with {@code invalid-definition} or {@code workflow-not-found}. */
    public Uni<Workflow> redefine(String name, Map<String, @Nullable Object> definition) {
        return checked(name, definition)
                .flatMap(checked ->
                        repository.addVersion(name, Json.write(definition), checked.agentIds(), checked.settings()))
                .map(found -> found.orElseThrow(() -> notFound(name, null)));
    }

    /** Lets runs that are started wait, or start again. Fails with {@code workflow-not-found}. */
    public Uni<Workflow> setPaused(String name, boolean paused) {
        return repository.setPaused(name, paused).map(found -> found.orElseThrow(() -> notFound(name, null)));
    }

    /** A workflow or a version that is not there. */
    public static ProblemException notFound(String name, @Nullable Integer version) {
        String what = version == null ? "" : " with a version " + version;
        return new ProblemException(ProblemCode.WORKFLOW_NOT_FOUND, "there is no workflow '" + name + "'" + what);
    }

    /** What is kept of a definition beside itself. */
    private record Checked(Collection<Long> agentIds, StartSettings settings) {}

    private Uni<Checked> checked(String name, Map<String, @Nullable Object> definition) {
        // compiling a thousand nodes' expressions takes a while
        return vertx.executeBlocking(() -> parse(definition)).flatMap(parsed -> {
            Set<String> names = new LinkedHashSet<>();
            parsed.nodes().forEach(node -> {
                if (node.target() instanceof NodeTarget.Agent(String agent)) {
                    names.add(agent);
                }
            });
            return agents.idsByName(names)
                    .call(ids -> checkTargets(name, parsed.nodes(), ids))
                    .map(ids -> new Checked(ids.values(), parsed.start()));
        });
    }

    private WorkflowDefinition parse(Map<String, @Nullable Object> definition) {
        return switch (parser.parse(definition)) {
            case Result.Valid valid -> {
                checkWebhooks(valid.definition().start());
                yield valid.definition();
            }
            case Result.Invalid invalid -> throw refuse(DefinitionPlaces.withNodeKeys(invalid.problems(), definition));
        };
    }

    private void checkWebhooks(StartSettings settings) {
        List<FieldProblem> problems = new ArrayList<>();
        settings.onComplete().ifPresent(webhook -> checkWebhook("on_complete", webhook, problems));
        settings.onFailure().ifPresent(webhook -> checkWebhook("on_failure", webhook, problems));
        if (!problems.isEmpty()) {
            throw refuse(problems);
        }
    }

    private void checkWebhook(String field, Webhook webhook, List<FieldProblem> problems) {
        webhooks.objection(webhook.url())
                .ifPresent(objection -> problems.add(new FieldProblem("definition." + field + ".url", objection)));
    }

    private Uni<Void> checkTargets(String name, List<NodeDefinition> nodes, Map<String, Long> ids) {
        List<FieldProblem> problems = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            NodeDefinition node = nodes.get(i);
            if (node.target() instanceof NodeTarget.Agent(String agent) && !ids.containsKey(agent)) {
                problems.add(new FieldProblem(
                        "definition.nodes[" + i + "].agent",
                        "node '" + node.key() + "' names the agent '" + agent + "', which does not exist"));
            }
        }
        return new SubWorkflowCheck(links, name, nodes)
                .problems()
                .invoke(problems::addAll)
                .invoke(() -> {
                    if (!problems.isEmpty()) {
                        throw refuse(problems);
                    }
                })
                .replaceWithVoid();
    }

    private static ProblemException refuse(List<FieldProblem> problems) {
        List<String> lines = problems.stream()
                .limit(MAX_PROBLEMS_IN_DETAIL)
                .map(problem -> problem.field() + ": " + problem.message())
                .toList();
        String more = problems.size() > lines.size() ? "; and " + (problems.size() - lines.size()) + " more" : "";
        return new ProblemException(ProblemCode.INVALID_DEFINITION, String.join("; ", lines) + more, problems);
    }
}
