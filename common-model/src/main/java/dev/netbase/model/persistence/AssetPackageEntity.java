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

/** A named series of versions. */
@Entity
@Table(name = "asset_packages")
public class AssetPackageEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "asset_packages_seq")
    @SequenceGenerator(name = "asset_packages_seq", sequenceName = "asset_packages_seq", allocationSize = 1)
    private Long id;

    @Column(name = "nanoid", nullable = false, updatable = false)
    private String nanoid;

    @Column(name = "name", nullable = false)
    private String name;

    @Column(name = "description")
    private @Nullable String description;

    @Column(name = "owner_id", nullable = false)
    private Long ownerId;

    @CurrentTimestamp(event = EventType.INSERT)
    @Column(name = "created_at", nullable = false, updatable = false)
    private OffsetDateTime createdAt;

    protected AssetPackageEntity() {}

    public AssetPackageEntity(String nanoid, String name, @Nullable String description, Long ownerId) {
        this.nanoid = nanoid;
        this.name = name;
        this.description = description;
        this.ownerId = ownerId;
    }

    public Long id() {
        return id;
    }

    public String nanoid() {
        return nanoid;
    }

    public String name() {
        return name;
    }

    public @Nullable String description() {
        return description;
    }

    public Long ownerId() {
        return ownerId;
    }

    public OffsetDateTime createdAt() {
        return createdAt;
    }
}
