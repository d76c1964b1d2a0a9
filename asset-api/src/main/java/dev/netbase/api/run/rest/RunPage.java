package dev.netbase.api.run.rest;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * The page on which people see runs. It is the same few files for everybody, so it needs no token; what it shows it
 * asks the API for, with the token that its reader enters. The files are not among {@code META-INF/resources}, so that
 * nothing serves them without these headers.
 */
@ApplicationScoped
public class RunPage {
    private static final String FILES = "/runs/files/";
    private static final List<String> SCRIPTS = List.of(
            "format.js",
            "elements.js",
            "api.js",
            "stream.js",
            "attempts.js",
            "tasks.js",
            "nodes.js",
            "run.js",
            "list.js",
            "page.js");

    /** What a page of hostile guests' words may do: run and look as its own files say, ask its own service. */
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none';"
                    + " base-uri 'none'; form-action 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-cache");

    void serve(@Observes Router router) {
        Buffer page = read("index.html");
        serve(router, "/runs", "text/html;charset=UTF-8", page);
        serve(router, "/runs/:runId", "text/html;charset=UTF-8", page);
        SCRIPTS.forEach(name -> serve(router, FILES + name, "text/javascript;charset=UTF-8", read(name)));
        serve(router, FILES + "page.css", "text/css;charset=UTF-8", read("page.css"));
    }

    private static void serve(Router router, String path, String type, Buffer content) {
        router.route(path)
                .method(HttpMethod.GET)
                .method(HttpMethod.HEAD)
                .handler(context -> send(context, type, content));
    }

    private static void send(RoutingContext context, String type, Buffer content) {
        HEADERS.forEach(context.response()::putHeader);
        context.response().putHeader("Content-Type", type).end(content);
    }

    private static Buffer read(String name) {
        try (InputStream file = RunPage.class.getResourceAsStream("/page/" + name)) {
            if (file == null) {
                throw new IllegalStateException("the build left out page/" + name);
            }
            return Buffer.buffer(file.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
