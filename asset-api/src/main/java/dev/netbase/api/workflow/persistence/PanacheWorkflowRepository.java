package dev.netbase.api.workflow.persistence;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.workflow.application.WorkflowRepository;
import dev.netbase.api.workflow.domain.Workflow;
import dev.netbase.model.definition.StartSettings;
import dev.netbase.model.persistence.WorkflowEntity;
import dev.netbase.model.persistence.WorkflowVersionEntity;
import dev.netbase.model.problem.ProblemCode;
import io.quarkus.hibernate.reactive.panache.PanacheQuery;
import io.quarkus.hibernate.reactive.panache.PanacheRepository;
import io.quarkus.hibernate.reactive.panache.common.WithSession;
import io.quarkus.hibernate.reactive.panache.common.WithTransaction;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.reactive.mutiny.Mutiny;
import org.jspecify.annotations.Nullable;

/** Workflows as entities. */
@ApplicationScoped
public class PanacheWorkflowRepository implements WorkflowRepository, PanacheRepository<WorkflowEntity> {
    /** In SQL, since Hibernate Reactive 3.2 cannot read back a time that the database sets on an update. */
    private static final String ADVANCE =
            "update workflows set latest_version = latest_version + 1, updated_at = now() where id = :workflow";

    private static final String LIMIT =
            "update workflows set max_runs = cast(nullif(:runs, '') as int) where id = :workflow";

    private static final String ANNOUNCE = "update workflow_versions set has_webhooks = true where id = :version";

    private static final String PAUSE = "update workflows set paused = :paused where id = :workflow";

    private static final String UNLINK = "delete from workflow_agents where workflow_id = :workflow";
    private static final String LINK = """
            insert into workflow_agents (workflow_id, agent_id)
            select :workflow, unnest(cast(string_to_array(:agents, ',') as bigint[]))""";

    @Override
    @WithTransaction
    public Uni<Workflow> create(
            String name, String definition, Collection<Long> agentIds, StartSettings settings, long ownerId) {
        return persistAndFlush(new WorkflowEntity(name, 1, ownerId))
                .onFailure(ConstraintViolationException.class)
                .transform(e -> new ProblemException(
                        ProblemCode.WORKFLOW_NAME_TAKEN, "there is a workflow of the name '" + name + "'"))
                .flatMap(workflow -> keepVersion(workflow, definition, agentIds, settings));
    }

    @Override
    @WithTransaction
    public Uni<Optional<Workflow>> addVersion(
            String name, String definition, Collection<Long> agentIds, StartSettings settings) {
        return find("name", name)
                .withLock(LockModeType.PESSIMISTIC_WRITE)
                .firstResult()
                .flatMap(workflow -> {
                    if (workflow == null) {
                        return Uni.createFrom().item(Optional.<Workflow>empty());
                    }
                    return getSession()
                            .flatMap(session -> execute(session, ADVANCE, Map.of("workflow", workflow.id()))
                                    .chain(() -> session.refresh(workflow)))
                            .chain(() -> keepVersion(workflow, definition, agentIds, settings))
                            .map(Optional::of);
                });
    }

    @Override
    @WithTransaction
    public Uni<Optional<Workflow>> setPaused(String name, boolean paused) {
        return find("name", name).firstResult().flatMap(workflow -> {
            if (workflow == null) {
                return Uni.createFrom().item(Optional.<Workflow>empty());
            }
            return getSession()
                    .flatMap(session -> execute(session, PAUSE, Map.of("workflow", workflow.id(), "paused", paused))
                            .chain(() -> session.refresh(workflow)))
                    .chain(() -> latest(List.of(workflow)))
                    .map(found -> found.stream().findFirst());
        });
    }

    private Uni<Workflow> keepVersion(
            WorkflowEntity workflow, String definition, Collection<Long> agentIds, StartSettings settings) {
        String limit = settings.maxRuns().map(String::valueOf).orElse("");
        String agents = agentIds.stream().map(String::valueOf).collect(Collectors.joining(","));
        WorkflowVersionEntity version = new WorkflowVersionEntity(workflow.id(), workflow.latestVersion(), definition);
        return getSession()
                .flatMap(session -> session.persist(version)
                        .chain(session::flush)
                        .chain(() -> execute(session, LIMIT, Map.of("workflow", workflow.id(), "runs", limit)))
                        .chain(() -> settings.hasWebhooks()
                                ? execute(session, ANNOUNCE, Map.of("version", version.id()))
                                : Uni.createFrom().item(0))
                        .chain(() -> execute(session, UNLINK, Map.of("workflow", workflow.id())))
                        .chain(() -> execute(session, LINK, Map.of("workflow", workflow.id(), "agents", agents)))
                        .onFailure(ConstraintViolationException.class)
                        .transform(e -> new ProblemException(
                                ProblemCode.INVALID_DEFINITION,
                                "an agent that the definition names was deleted meanwhile"))
                        .map(linked -> toDomain(workflow, version)));
    }

    private static Uni<Integer> execute(Mutiny.Session session, String sql, Map<String, Object> parameters) {
        Mutiny.Query<Object> query = session.createNativeQuery(sql);
        parameters.forEach(query::setParameter);
        return query.executeUpdate();
    }

    @Override
    @WithSession
    public Uni<Page<Workflow>> list(PageRequest page) {
        PanacheQuery<WorkflowEntity> query = find("order by createdAt desc, id desc");
        return query.page(page.page(), page.size())
                .list()
                .flatMap(workflows ->
                        latest(workflows).flatMap(items -> query.count().map(total -> Page.of(items, page, total))));
    }

    private Uni<List<Workflow>> latest(List<WorkflowEntity> workflows) {
        return getSession()
                .flatMap(session -> session.createQuery("""
                                select v from WorkflowVersionEntity v, WorkflowEntity w
                                where w.id in :ids and v.workflowId = w.id and v.version = w.latestVersion""", WorkflowVersionEntity.class)
                        .setParameter(
                                "ids",
                                workflows.stream().map(WorkflowEntity::id).toList())
                        .getResultList())
                .map(versions -> {
                    Map<Long, WorkflowVersionEntity> byWorkflow = versions.stream()
                            .collect(Collectors.toMap(WorkflowVersionEntity::workflowId, Function.identity()));
                    return workflows.stream()
                            .flatMap(workflow -> Stream.ofNullable(byWorkflow.get(workflow.id()))
                                    .map(version -> toDomain(workflow, version)))
                            .toList();
                });
    }

    @Override
    @WithSession
    public Uni<Optional<Workflow>> find(String name, @Nullable Integer version) {
        return find("name", name).firstResult().flatMap(workflow -> {
            if (workflow == null) {
                return Uni.createFrom().item(Optional.<Workflow>empty());
            }
            return getSession()
                    .flatMap(session -> session.createQuery(
                                    "from WorkflowVersionEntity where workflowId = :workflow and version = :version",
                                    WorkflowVersionEntity.class)
                            .setParameter("workflow", workflow.id())
                            .setParameter("version", version == null ? workflow.latestVersion() : version)
                            .getSingleResultOrNull())
                    .map(found -> Optional.ofNullable(found).map(entity -> toDomain(workflow, entity)));
        });
    }

    private static Workflow toDomain(WorkflowEntity workflow, WorkflowVersionEntity version) {
        return new Workflow(
                workflow.id(),
                workflow.name(),
                version.version(),
                workflow.latestVersion(),
                version.definition(),
                workflow.ownerId(),
                workflow.paused(),
                workflow.createdAt(),
                workflow.updatedAt());
    }
}
