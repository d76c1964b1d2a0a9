package dev.netbase.scheduler.webhook;

import dev.netbase.model.webhook.WebhookRules;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jboss.logging.Logger;

/**
 * Posts to a URL, at an address that the rules allow: the name is resolved once, checked, and that very address is
 * connected to, so that a second answer of the name's server changes nothing. Redirects are not followed, and of the
 * answer only the status is read.
 */
final class WebhookClient {
    private static final Logger LOG = Logger.getLogger(WebhookClient.class);
    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final int MAX_CONNECTIONS = 20;

    private final HttpClient client;
    private final WebhookRules rules;
    private final Duration timeout;

    /** A URL or an address that may not be called. */
    static final class RefusedException extends RuntimeException {
        RefusedException(String message) {
            super(message);
        }
    }

    WebhookClient(Vertx vertx, WebhookRules rules, Duration timeout) {
        this.client = vertx.createHttpClient(new HttpClientOptions()
                .setConnectTimeout(Math.toIntExact(CONNECT.toMillis()))
                .setKeepAlive(false)
                .setVerifyHost(true)
                .setMaxPoolSize(MAX_CONNECTIONS));
        this.rules = rules;
        this.timeout = timeout;
    }

    /**
     * Posts JSON and answers the status. Waits for the name to be resolved.
     *
     * @throws RefusedException if the URL or one of its host's addresses may not be called
     * @throws UnknownHostException if the host has no address
     */
    CompletableFuture<Integer> post(URI url, String body, Map<String, String> headers) throws UnknownHostException {
        rules.objection(url).ifPresent(objection -> {
            throw new RefusedException(objection);
        });
        String host = url.getHost().replaceAll("[\\[\\]]", "");
        InetAddress[] addresses = InetAddress.getAllByName(host);
        for (InetAddress address : addresses) {
            rules.objection(address).ifPresent(objection -> {
                throw new RefusedException(objection);
            });
        }
        boolean tls = "https".equals(url.getScheme());
        int port = url.getPort() < 0 ? (tls ? 443 : 80) : url.getPort();
        RequestOptions request = new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(SocketAddress.inetSocketAddress(port, addresses[0].getHostAddress()))
                .setHost(host)
                .setPort(port)
                .setSsl(tls)
                .setURI(path(url))
                .setTimeout(timeout.toMillis())
                .putHeader("content-type", "application/json")
                .putHeader("user-agent", "netbase-webhooks");
        headers.forEach(request::putHeader);
        return client.request(request)
                .compose(open -> open.send(Buffer.buffer(body)))
                .map(response -> {
                    int status = response.statusCode();
                    response.exceptionHandler(reset -> LOG.tracef("not read on: %s", reset.getMessage()));
                    response.request().reset();
                    return status;
                })
                .toCompletionStage()
                .toCompletableFuture();
    }

    private static String path(URI url) {
        String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        return url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
    }
}
