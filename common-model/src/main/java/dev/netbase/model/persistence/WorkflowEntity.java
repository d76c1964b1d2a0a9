package dev.netbase.model.persistence;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import java.time.OffsetDateTime;
import org.hibernate.annotations.CurrentTimestamp;
import org.hibernate.generator.EventType;

/** A named workflow and its latest version. */
@Entity
@Table(name = "workflows")
public class WorkflowEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "workflows_seq")
    @SequenceGenerator(name = "workflows_seq", sequenceName = "workflows_seq", allocationSize = 1)
    private Long id;

    @Column(name = "name", nullable = false, updatable = false)
    private String name;

    @Column(name = "latest_version", nullable = false)
    private Integer latestVersion;

    @Column(name = "owner_id", nullable = false, updatable = false)
    private Long ownerId;

    @Column(name = "paused", nullable = false, updatable = false)
    private boolean paused;

    @CurrentTimestamp(event = EventType.INSERT)
    @Column(name = "created_at", nullable = false, updatable = false)
    private OffsetDateTime createdAt;

    @CurrentTimestamp(event = EventType.INSERT)
    @Column(name = "updated_at", nullable = false, updatable = false)
    private OffsetDateTime updatedAt;

    protected WorkflowEntity() {}

    public WorkflowEntity(String name, Integer latestVersion, Long ownerId) {
        this.name = name;
        this.latestVersion = latestVersion;
        this.ownerId = ownerId;
    }

    public Long id() {
        return id;
    }

    public String name() {
        return name;
    }

    public Integer latestVersion() {
        return latestVersion;
    }

    public Long ownerId() {
        return ownerId;
    }

    public boolean paused() {
        return paused;
    }

    public OffsetDateTime createdAt() {
        return createdAt;
    }

    public OffsetDateTime updatedAt() {
        return updatedAt;
    }
}
