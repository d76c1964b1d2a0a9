package dev.netbase.model.persistence;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.CurrentTimestamp;
import org.hibernate.generator.EventType;

/** An immutable definition. */
@Entity
@Table(name = "workflow_versions")
public class WorkflowVersionEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "workflow_versions_seq")
    @SequenceGenerator(name = "workflow_versions_seq", sequenceName = "workflow_versions_seq", allocationSize = 1)
    private Long id;

    @Column(name = "workflow_id", nullable = false, updatable = false)
    private Long workflowId;

    @Column(name = "version", nullable = false, updatable = false)
    private Integer version;

    @Column(name = "definition", nullable = false)
    @ColumnTransformer(read = "cast(definition as text)", write = "cast(cast(? as text) as json)")
    private String definition;

    @CurrentTimestamp(event = EventType.INSERT)
    @Column(name = "created_at", nullable = false, updatable = false)
    private OffsetDateTime createdAt;

    protected WorkflowVersionEntity() {}

    public WorkflowVersionEntity(Long workflowId, Integer version, String definition) {
        this.workflowId = workflowId;
        this.version = version;
        this.definition = definition;
    }

    public Long id() {
        return id;
    }

    public Long workflowId() {
        return workflowId;
    }

    public Integer version() {
        return version;
    }

    public String definition() {
        return definition;
    }

    public OffsetDateTime createdAt() {
        return createdAt;
    }
}
