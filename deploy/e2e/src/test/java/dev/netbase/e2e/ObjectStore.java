package dev.netbase.e2e;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.TransientNio2BlobStore;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3-compatible server that checks signatures, with buckets in memory, some of which the operator allows. */
final class ObjectStore implements AutoCloseable {
    /** All of it may be read. */
    static final String OPEN = "open-bucket";

    /** Only keys that begin with {@code public/} may be read. */
    static final String PARTLY_OPEN = "partly-open-bucket";

    /** The worker's credentials would give it, but the operator does not allow it. */
    static final String CLOSED = "closed-bucket";

    private static final String ACCESS_KEY = "netbase";
    private static final String SECRET_KEY = "a secret of the tests";
    private final S3Proxy server;
    private final S3Client client;

    private ObjectStore(S3Proxy server, URI endpoint) {
        this.server = server;
        this.client = S3Client.builder()
                .endpointOverride(endpoint)
                .region(Region.US_EAST_1)
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(ACCESS_KEY, SECRET_KEY)))
                .httpClientBuilder(UrlConnectionHttpClient.builder())
                .build();
    }

    /** Starts it where {@link #settings} says that it is. */
    static ObjectStore start(int port) {
        URI endpoint = endpoint(port);
        S3Proxy server = S3Proxy.builder()
                .blobStore(new TransientNio2BlobStore())
                .endpoint(endpoint)
                .awsAuthentication(AuthenticationType.AWS_V4, ACCESS_KEY, SECRET_KEY)
                .build();
        try {
            server.start();
        } catch (Exception e) {
            throw new IllegalStateException("the S3 server does not start", e);
        }
        ObjectStore store = new ObjectStore(server, endpoint);
        for (String bucket : List.of(OPEN, PARTLY_OPEN, CLOSED)) {
            store.client.createBucket(request -> request.bucket(bucket));
        }
        return store;
    }

    /** What the operator sets. */
    static Map<String, String> settings(int port) {
        return Map.of(
                "NETBASE_INPUTS_S3_ALLOWED",
                OPEN + "," + PARTLY_OPEN + "/public/",
                "NETBASE_INPUTS_S3_ENDPOINT",
                endpoint(port).toString(),
                "NETBASE_INPUTS_S3_PATH_STYLE",
                "true",
                "NETBASE_INPUTS_S3_ACCESS_KEY",
                ACCESS_KEY,
                "NETBASE_INPUTS_S3_SECRET_KEY",
                SECRET_KEY);
    }

    void put(String bucket, String key, byte[] content) {
        client.putObject(request -> request.bucket(bucket).key(key), RequestBody.fromBytes(content));
    }

    private static URI endpoint(int port) {
        return URI.create("http://127.0.0.1:" + port);
    }

    @Override
    public void close() {
        client.close();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the S3 server does not stop", e);
        }
    }
}
