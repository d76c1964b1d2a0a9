package dev.netbase.model.persistence;

import dev.netbase.model.asset.FileType;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import org.hibernate.annotations.ColumnTransformer;
import org.jspecify.annotations.Nullable;

/** A file of a published version. */
@Entity
@Table(name = "asset_files")
public class AssetFileEntity {
    @Id
    @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "asset_files_seq")
    @SequenceGenerator(name = "asset_files_seq", sequenceName = "asset_files_seq", allocationSize = 1)
    private Long id;

    @Column(name = "version_id", nullable = false, updatable = false)
    private Long versionId;

    @Enumerated(EnumType.STRING)
    @Column(name = "file_type", nullable = false, updatable = false)
    private FileType fileType;

    @Column(name = "relative_path", nullable = false, updatable = false)
    private String relativePath;

    @Column(name = "checksum", nullable = false, updatable = false)
    private String checksum;

    @Column(name = "size_bytes", nullable = false, updatable = false)
    private Long sizeBytes;

    @Column(name = "default_config")
    @ColumnTransformer(read = "cast(default_config as text)", write = "cast(cast(? as text) as json)")
    private @Nullable String defaultConfig;

    protected AssetFileEntity() {}

    public AssetFileEntity(
            Long versionId,
            FileType fileType,
            String relativePath,
            String checksum,
            Long sizeBytes,
            @Nullable String defaultConfig) {
        this.versionId = versionId;
        this.fileType = fileType;
        this.relativePath = relativePath;
        this.checksum = checksum;
        this.sizeBytes = sizeBytes;
        this.defaultConfig = defaultConfig;
    }

    public Long id() {
        return id;
    }

    public Long versionId() {
        return versionId;
    }

    public FileType fileType() {
        return fileType;
    }

    public String relativePath() {
        return relativePath;
    }

    public String checksum() {
        return checksum;
    }

    public Long sizeBytes() {
        return sizeBytes;
    }

    public @Nullable String defaultConfig() {
        return defaultConfig;
    }
}
