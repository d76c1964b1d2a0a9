package dev.netbase.worker.group.files;

import dev.netbase.model.file.FileSource;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Objects of an S3-compatible server, of those that the operator allows. The SDK verifies each object against the
 * checksum that the server keeps of it. The client is made when first needed.
 */
@Singleton
public class S3Objects {
    private final InputsConfig.S3 config;
    private @Nullable S3Client client;

    public S3Objects(InputsConfig config) {
        this.config = config.s3();
    }

    Content open(FileSource.S3 object) throws IOException {
        if (!isAllowed(object)) {
            throw InputSources.unavailable("the operator does not allow it (netbase.inputs.s3.allowed)");
        }
        try {
            return new Content(
                    client().getObject(GetObjectRequest.builder()
                            .bucket(object.bucket())
                            .key(object.key())
                            .build()),
                    null);
        } catch (NoSuchKeyException | NoSuchBucketException e) {
            throw InputSources.unavailable("there is no such object");
        } catch (SdkException e) {
            throw new IOException("the S3 server does not give it: " + e.getMessage(), e);
        }
    }

    private boolean isAllowed(FileSource.S3 object) {
        for (String entry : config.allowed().orElse(List.of())) {
            String allowed = entry.startsWith("s3://") ? entry.substring("s3://".length()) : entry;
            int slash = allowed.indexOf('/');
            String bucket = slash < 0 ? allowed : allowed.substring(0, slash);
            String prefix = slash < 0 ? "" : allowed.substring(slash + 1);
            if (object.bucket().equals(bucket) && object.key().startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }

    private synchronized S3Client client() {
        if (client == null) {
            S3ClientBuilder builder = S3Client.builder()
                    .region(Region.of(config.region()))
                    .forcePathStyle(config.pathStyle())
                    .credentialsProvider(credentials())
                    .httpClientBuilder(UrlConnectionHttpClient.builder()
                            .connectionTimeout(config.timeout())
                            .socketTimeout(config.timeout()));
            config.endpoint().ifPresent(builder::endpointOverride);
            client = builder.build();
        }
        return client;
    }

    private AwsCredentialsProvider credentials() {
        return config.accessKey().isPresent() && config.secretKey().isPresent()
                ? StaticCredentialsProvider.create(AwsBasicCredentials.create(
                        config.accessKey().get(), config.secretKey().get()))
                : DefaultCredentialsProvider.builder().build();
    }

    @PreDestroy
    synchronized void close() {
        if (client != null) {
            client.close();
        }
    }
}
