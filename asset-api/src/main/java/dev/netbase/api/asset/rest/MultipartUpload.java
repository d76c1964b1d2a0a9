package dev.netbase.api.asset.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.netbase.api.asset.application.Publishing;
import dev.netbase.api.asset.application.UploadedVersion;
import dev.netbase.api.asset.application.VersionMetadata;
import dev.netbase.api.platform.problem.JsonProblems;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.problem.ProblemCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.fileupload2.core.FileUploadException;
import org.apache.commons.fileupload2.core.MultipartInput;
import org.jspecify.annotations.Nullable;

/** Reads a {@code multipart/form-data} body (RFC 7578) part by part, as it arrives; the parts may come in any order. */
final class MultipartUpload implements Publishing.Source {
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int MAX_METADATA_BYTES = 16 << 20;

    private final InputStream body;
    private final String boundary;
    private final ObjectMapper json;

    /** @throws ProblemException {@code invalid-request} if the content type names no boundary */
    MultipartUpload(InputStream body, String contentType, ObjectMapper json) {
        this.body = body;
        this.json = json;
        String value = HeaderParameters.of(contentType).get("boundary");
        if (value == null || value.isEmpty() || value.length() > 200) {
            throw new ProblemException(ProblemCode.INVALID_REQUEST, "the Content-Type names no multipart boundary");
        }
        this.boundary = value;
    }

    @Override
    public VersionMetadata transferTo(UploadedVersion upload) throws IOException {
        try {
            return read(upload);
        } catch (FileUploadException e) {
            throw new ProblemException(ProblemCode.INVALID_REQUEST, "the body is not complete multipart/form-data");
        }
    }

    private VersionMetadata read(UploadedVersion upload) throws IOException {
        MultipartInput parts = MultipartInput.builder()
                .setInputStream(body)
                .setBufferSize(BUFFER_BYTES)
                .setBoundary(boundary.getBytes(StandardCharsets.ISO_8859_1))
                .setPartHeaderSizeMax(MAX_HEADER_BYTES)
                .get();
        parts.setHeaderCharset(StandardCharsets.UTF_8);
        VersionMetadata metadata = null;
        for (boolean more = parts.skipPreamble(); more; more = parts.readBoundary()) {
            PartDisposition part = PartDisposition.of(parts.readHeaders());
            // never closed: that would read a refused part to its end, however long it is
            InputStream content = parts.newInputStream();
            switch (part.name()) {
                case "metadata" -> {
                    if (metadata != null) {
                        throw ProblemException.invalidField("metadata", "must be sent once");
                    }
                    metadata = metadata(content);
                }
                case "file" -> upload.add(fileName(part.fileName()), content);
                default ->
                    throw ProblemException.invalidField(
                            part.name(), "is not a part of an upload; known are metadata and file");
            }
        }
        if (metadata == null) {
            throw ProblemException.invalidField("metadata", "must be sent");
        }
        return metadata;
    }

    private static String fileName(@Nullable String fileName) {
        if (fileName == null) {
            throw ProblemException.invalidField("file", "must have a filename, which is its relative path");
        }
        return fileName;
    }

    private VersionMetadata metadata(InputStream content) throws IOException {
        byte[] bytes = content.readNBytes(MAX_METADATA_BYTES + 1);
        if (bytes.length > MAX_METADATA_BYTES) {
            throw new ProblemException(
                    ProblemCode.TOO_LARGE, "metadata must not be larger than " + MAX_METADATA_BYTES + " bytes");
        }
        try {
            MetadataPart part = json.readValue(bytes, MetadataPart.class);
            if (part == null) {
                throw ProblemException.invalidField("metadata", "must be a JSON object");
            }
            return part.toMetadata();
        } catch (JsonProcessingException e) {
            FieldProblem problem = JsonProblems.describe(e);
            throw new ProblemException(
                    ProblemCode.INVALID_REQUEST,
                    "metadata: " + (problem.field() + " " + problem.message()).strip(),
                    problem.field().isEmpty() ? List.of() : List.of(problem));
        }
    }
}
