package dev.netbase.e2e;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/** A real S3-compatible server with one bucket, for the services under test to read from. */
final class BucketServer {
    static final String ACCESS_KEY = "reader";
    static final String SECRET_KEY = "reader-secret";
    private final S3Proxy proxy;

    /** A server whose one bucket has these objects. */
    BucketServer(Path folder, String bucket, Map<String, String> objects) throws IOException {
        for (Map.Entry<String, String> object : objects.entrySet()) {
            Path file = folder.resolve(bucket).resolve(object.getKey());
            Files.createDirectories(file.getParent());
            Files.write(file, object.getValue().getBytes(StandardCharsets.UTF_8));
        }
        proxy = S3Proxy.builder()
                .blobStore(new FilesystemNio2BlobStore(folder.toString()))
                .endpoint(URI.create("http://127.0.0.1:0"))
                .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, ACCESS_KEY, SECRET_KEY)
                .build();
        try {
            proxy.start();
        } catch (Exception e) {
            throw new IOException("the bucket server does not start", e);
        }
    }

    /** What tells the services of it. */
    Map<String, String> environment(String allowed) {
        return Map.of(
                "NETBASE_INPUTS_S3_ALLOWED", allowed,
                "NETBASE_INPUTS_S3_ENDPOINT", "http://127.0.0.1:" + proxy.getPort(),
                "NETBASE_INPUTS_S3_PATH_STYLE", "true",
                "NETBASE_INPUTS_S3_ACCESS_KEY", ACCESS_KEY,
                "NETBASE_INPUTS_S3_SECRET_KEY", SECRET_KEY);
    }
}
