package dev.netbase.api.agent.persistence;

import dev.netbase.api.agent.application.AgentRepository;
import dev.netbase.api.agent.application.Agents;
import dev.netbase.api.agent.domain.Agent;
import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.model.asset.FileType;
import dev.netbase.model.persistence.AgentEntity;
import dev.netbase.model.persistence.AssetFileEntity;
import dev.netbase.model.problem.ProblemCode;
import dev.netbase.model.run.UnfinishedSql;
import dev.netbase.model.task.AgentType;
import io.quarkus.hibernate.reactive.panache.PanacheQuery;
import io.quarkus.hibernate.reactive.panache.PanacheRepository;
import io.quarkus.hibernate.reactive.panache.common.WithSession;
import io.quarkus.hibernate.reactive.panache.common.WithTransaction;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.persistence.LockModeType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.hibernate.exception.ConstraintViolationException;

/** Agents as entities. */
@ApplicationScoped
public class PanacheAgentRepository implements AgentRepository, PanacheRepository<AgentEntity> {
    /** Latest workflow versions name it, or runs that have not ended were started with a version that does. */
    private static final String IN_USE = """
            select 1 where exists (select 1 from workflow_agents where agent_id = :id)
                or exists (select 1 from (select distinct workflow_id, workflow_version from workflow_runs r
                                          where %s) r
                           join workflow_versions v on v.workflow_id = r.workflow_id and v.version = r.workflow_version
                           cross join json_array_elements(json_extract_path(v.definition, 'nodes')) node
                           where json_extract_path_text(node, 'agent') = :name)""".formatted(UnfinishedSql.condition("r"));

    /** In SQL, since Hibernate Reactive 3.2 cannot read back a time that the database sets on an update. */
    private static final String UPDATE = """
            update agents set name = :name, agent_type = :type, asset_file_id = :file,
                config = cast(cast(:config as text) as json), updated_at = now()
            where id = :id""";

    @Override
    @WithTransaction
    public Uni<Agent> create(String name, AgentType type, long assetFileId, String config, long ownerId) {
        return persistAndFlush(new AgentEntity(name, type, assetFileId, config, ownerId))
                .map(PanacheAgentRepository::toDomain)
                .onFailure(ConstraintViolationException.class)
                .transform(e -> nameTaken(name));
    }

    @Override
    @WithSession
    public Uni<Page<Agent>> list(PageRequest page) {
        PanacheQuery<AgentEntity> query = find("order by createdAt desc, id desc");
        return query.page(page.page(), page.size())
                .list()
                .flatMap(items -> query.count()
                        .map(total -> Page.of(
                                items.stream()
                                        .map(PanacheAgentRepository::toDomain)
                                        .toList(),
                                page,
                                total)));
    }

    @Override
    @WithSession
    public Uni<Optional<Agent>> find(long id) {
        return findById(id).map(entity -> Optional.ofNullable(entity).map(PanacheAgentRepository::toDomain));
    }

    @Override
    @WithTransaction
    public Uni<Optional<Agent>> update(long id, UnaryOperator<Agent> change) {
        return findById(id, LockModeType.PESSIMISTIC_WRITE)
                .flatMap(entity -> entity == null
                        ? Uni.createFrom().item(Optional.<Agent>empty())
                        : update(entity, change.apply(toDomain(entity))).map(Optional::of));
    }

    private Uni<Agent> update(AgentEntity entity, Agent changed) {
        Uni<Void> renamable =
                entity.name().equals(changed.name()) ? Uni.createFrom().voidItem() : requireUnused(entity);
        return renamable
                .chain(this::getSession)
                .flatMap(session -> session.createNativeQuery(UPDATE)
                        .setParameter("id", entity.id())
                        .setParameter("name", changed.name())
                        .setParameter("type", changed.agentType().name())
                        .setParameter("file", changed.assetFileId())
                        .setParameter("config", changed.config())
                        .executeUpdate()
                        .call(updated -> session.refresh(entity)))
                .map(updated -> toDomain(entity))
                .onFailure(ConstraintViolationException.class)
                .transform(e -> nameTaken(changed.name()));
    }

    @Override
    @WithTransaction
    public Uni<Void> delete(long id) {
        return findById(id, LockModeType.PESSIMISTIC_WRITE)
                .onItem()
                .ifNull()
                .failWith(() -> Agents.notFound(id))
                .call(this::requireUnused)
                .flatMap(entity -> delete(entity).flatMap(deleted -> flush()));
    }

    @Override
    @WithSession
    public Uni<Optional<FileType>> fileType(long assetFileId) {
        return getSession()
                .flatMap(session -> session.find(AssetFileEntity.class, assetFileId))
                .map(file -> Optional.ofNullable(file).map(AssetFileEntity::fileType));
    }

    @Override
    @WithSession
    public Uni<Map<String, Long>> idsByName(Set<String> names) {
        return list("name in ?1", names).map(agents -> {
            Map<String, Long> ids = new LinkedHashMap<>();
            agents.forEach(agent -> ids.put(agent.name(), agent.id()));
            return ids;
        });
    }

    private Uni<Void> requireUnused(AgentEntity agent) {
        return getSession()
                .flatMap(session -> session.createNativeQuery(IN_USE, Integer.class)
                        .setParameter("id", agent.id())
                        .setParameter("name", agent.name())
                        .getResultList())
                .invoke(uses -> {
                    if (!uses.isEmpty()) {
                        throw new ProblemException(
                                ProblemCode.AGENT_IN_USE,
                                "agent '" + agent.name()
                                        + "' is named by a workflow's latest version or by a run that has not ended");
                    }
                })
                .replaceWithVoid();
    }

    private static ProblemException nameTaken(String name) {
        return new ProblemException(ProblemCode.AGENT_NAME_TAKEN, "there is an agent of the name '" + name + "'");
    }

    private static Agent toDomain(AgentEntity entity) {
        return new Agent(
                entity.id(),
                entity.name(),
                entity.agentType(),
                entity.assetFileId(),
                entity.config(),
                entity.ownerId(),
                entity.createdAt(),
                entity.updatedAt());
    }
}
