package dev.netbase.standalone.demo;

import java.io.File;
import java.io.FileNotFoundException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A {@code multipart/form-data} body: one part {@code metadata}, one part {@code file} for each file. */
record MultipartBody(String contentType, BodyPublisher publisher) {
    /** Files are read while the body is sent, never as a whole. */
    static MultipartBody of(byte[] metadata, Path root, List<Path> files) throws FileNotFoundException {
        String boundary = "netbase-" + UUID.randomUUID();
        List<BodyPublisher> parts = new ArrayList<>();
        parts.add(text("--" + boundary + "\r\nContent-Disposition: form-data; name=\"metadata\"\r\n"
                + "Content-Type: application/json\r\n\r\n"));
        parts.add(BodyPublishers.ofByteArray(metadata));
        for (Path file : files) {
            parts.add(text("\r\n--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
                    + fileName(root.relativize(file)) + "\"\r\nContent-Type: application/octet-stream\r\n\r\n"));
            parts.add(BodyPublishers.ofFile(file));
        }
        parts.add(text("\r\n--" + boundary + "--\r\n"));
        return new MultipartBody(
                "multipart/form-data; boundary=" + boundary,
                BodyPublishers.concat(parts.toArray(BodyPublisher[]::new)));
    }

    /** With slashes, and with the three escapes that a file name in a header may have. */
    static String fileName(Path relative) {
        return relative.toString()
                .replace(File.separatorChar, '/')
                .replace("\"", "%22")
                .replace("\r", "%0D")
                .replace("\n", "%0A");
    }

    private static BodyPublisher text(String text) {
        return BodyPublishers.ofByteArray(text.getBytes(StandardCharsets.UTF_8));
    }
}
