package dev.netbase.api.asset.rest;

import dev.netbase.api.asset.application.VersionMetadata;
import dev.netbase.api.asset.application.VersionMetadata.DeclaredFile;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.platform.validation.Names;
import dev.netbase.model.asset.FileType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part {@code metadata} of an upload.
 *
 * @param versionString a version of Semantic Versioning 2.0.0
 * @param description up to 4,000 characters
 * @param files types of some of the files; the others' are inferred from their names
 */
record MetadataPart(
        @Nullable String versionString,
        @Nullable String description,
        @Nullable List<@Nullable FilePart> files) {

    /** @param fileType absent to infer it */
    record FilePart(@Nullable String relativePath, @Nullable FileType fileType) {}

    /** @throws ProblemException {@code invalid-request} if something is missing or too long */
    VersionMetadata toMetadata() {
        if (versionString == null) {
            throw ProblemException.invalidField("version_string", "must be given");
        }
        if (description != null && description.length() > Names.MAX_DESCRIPTION) {
            throw ProblemException.invalidField("description", Names.DESCRIPTION_RULE);
        }
        if (description != null && description.indexOf('\0') >= 0) {
            throw ProblemException.invalidField("description", Names.TEXT_RULE);
        }
        List<@Nullable FilePart> parts = files == null ? List.of() : files;
        List<DeclaredFile> declared = new ArrayList<>(parts.size());
        for (int i = 0; i < parts.size(); i++) {
            FilePart part = parts.get(i);
            if (part == null || part.relativePath() == null) {
                throw ProblemException.invalidField("files[" + i + "].relative_path", "must be given");
            }
            declared.add(new DeclaredFile(part.relativePath(), part.fileType()));
        }
        return new VersionMetadata(versionString, description, declared);
    }
}
