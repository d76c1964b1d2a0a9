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
import org.jspecify.annotations.Nullable;

/** A published version of a package. */
@Entity
@Table(name = "asset_versions")
public class AssetVersionEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "asset_versions_seq")
    @SequenceGenerator(name = "asset_versions_seq", sequenceName = "asset_versions_seq", allocationSize = 1)
    private Long id;

    @Column(name = "package_id", nullable = false, updatable = false)
    private Long packageId;

    @Column(name = "version_string", nullable = false, updatable = false)
    private String versionString;

    @Column(name = "precedence", nullable = false, updatable = false)
    private String precedence;

    @Column(name = "description")
    private @Nullable String description;

    @CurrentTimestamp(event = EventType.INSERT)
    @Column(name = "created_at", nullable = false, updatable = false)
    private OffsetDateTime createdAt;

    protected AssetVersionEntity() {}

    public AssetVersionEntity(Long packageId, String versionString, String precedence, @Nullable String description) {
        this.packageId = packageId;
        this.versionString = versionString;
        this.precedence = precedence;
        this.description = description;
    }

    public Long id() {
        return id;
    }

    public Long packageId() {
        return packageId;
    }

    public String versionString() {
        return versionString;
    }

    public String precedence() {
        return precedence;
    }

    public @Nullable String description() {
        return description;
    }

    public OffsetDateTime createdAt() {
        return createdAt;
    }
}
