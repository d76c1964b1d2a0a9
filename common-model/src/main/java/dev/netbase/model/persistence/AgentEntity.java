package dev.netbase.model.persistence;

import dev.netbase.model.task.AgentType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.CurrentTimestamp;
import org.hibernate.generator.EventType;

/** A name for an executable file with configuration of its own. */
@Entity
@Table(name = "agents")
public class AgentEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "agents_seq")
    @SequenceGenerator(name = "agents_seq", sequenceName = "agents_seq", allocationSize = 1)
    private Long id;

    @Column(name = "name", nullable = false)
    private String name;

    @Enumerated(EnumType.STRING)
    @Column(name = "agent_type", nullable = false)
    private AgentType agentType;

    @Column(name = "asset_file_id", nullable = false)
    private Long assetFileId;

    @Column(name = "config", nullable = false)
    @ColumnTransformer(read = "cast(config as text)", write = "cast(cast(? as text) as json)")
    private String config;

    @Column(name = "owner_id", nullable = false, updatable = false)
    private Long ownerId;

    @CurrentTimestamp(event = EventType.INSERT)
    @Column(name = "created_at", nullable = false, updatable = false)
    private OffsetDateTime createdAt;

    @CurrentTimestamp(event = EventType.INSERT)
    @Column(name = "updated_at", nullable = false, updatable = false)
    private OffsetDateTime updatedAt;

    protected AgentEntity() {}

    public AgentEntity(String name, AgentType agentType, Long assetFileId, String config, Long ownerId) {
        this.name = name;
        this.agentType = agentType;
        this.assetFileId = assetFileId;
        this.config = config;
        this.ownerId = ownerId;
    }

    public Long id() {
        return id;
    }

    public String name() {
        return name;
    }

    public AgentType agentType() {
        return agentType;
    }

    public Long assetFileId() {
        return assetFileId;
    }

    public String config() {
        return config;
    }

    public Long ownerId() {
        return ownerId;
    }

    public OffsetDateTime createdAt() {
        return createdAt;
    }

    public OffsetDateTime updatedAt() {
        return updatedAt;
    }
}
