package dev.netbase.api.testing;

import static org.awaitility.Awaitility.await;

import io.restassured.RestAssured;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.htmlunit.BrowserVersion;
import org.htmlunit.WebClient;
import org.htmlunit.WebRequest;
import org.htmlunit.WebResponse;
import org.htmlunit.html.DomElement;
import org.htmlunit.html.DomNode;
import org.htmlunit.html.HtmlElement;
import org.htmlunit.html.HtmlInput;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.util.WebConnectionWrapper;

/**
 * A browser with one page open, which runs its scripts. Answers reach them whole, and while one is under way no other
 * script of the page runs.
 */
public final class Browser implements AutoCloseable {
    private static final char NO_BREAK_SPACE = '\u00a0';
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final WebClient client = new WebClient(BrowserVersion.FIREFOX);
    private final List<String> alerts = new ArrayList<>();
    private final List<WebRequest> requests = new CopyOnWriteArrayList<>();
    private HtmlPage page;

    /** Opens a page of the service under test. */
    public Browser(String path) {
        client.getOptions().setFetchPolyfillEnabled(true);
        client.getOptions().setThrowExceptionOnScriptError(true);
        client.setAlertHandler((where, text) -> alerts.add(text));
        client.setWebConnection(new WebConnectionWrapper(client) {
            @Override
            public WebResponse getResponse(WebRequest request) throws IOException {
                requests.add(request);
                return super.getResponse(request);
            }
        });
        page = open(path);
    }

    private HtmlPage open(String path) {
        try {
            return client.getPage("http://localhost:" + RestAssured.port + path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens another page in the same tab. */
    public void go(String path) {
        page = open(path);
    }

    /** Enters a token where the page asks for one. */
    public Browser enter(String token) {
        ((HtmlInput) page.getElementById("token")).setValue(token);
        return click("Show");
    }

    /** Presses the button with this label. */
    public Browser click(String label) {
        await().atMost(PATIENCE).until(() -> !buttons(label).isEmpty());
        try {
            ((HtmlElement) buttons(label).getFirst()).click();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    private List<DomNode> buttons(String label) {
        client.waitForBackgroundJavaScript(50);
        return page.querySelectorAll("button").stream()
                .filter(button -> ((DomElement) button).isDisplayed()
                        && button.getTextContent().equals(label))
                .toList();
    }

    /** Waits until the page shows a text. */
    public Browser sees(String text) {
        await("the page shows: " + text).atMost(PATIENCE).until(() -> {
            client.waitForBackgroundJavaScript(50);
            return text().contains(text);
        });
        return this;
    }

    /** What a reader sees, folded parts apart. */
    public String text() {
        return plain(page.getBody().getVisibleText());
    }

    private static String plain(String text) {
        return text.replace(NO_BREAK_SPACE, ' ');
    }

    /** The addresses that it asked for, its own among them. */
    public List<String> addresses() {
        return requests.stream().map(request -> request.getUrl().toString()).toList();
    }

    /**
     * What it sent as a header with every request whose path ends so, empty where it sent none; waits until there are
     * so many.
     */
    public List<String> sent(String header, String pathEnd, int times) {
        await("the page asks for " + pathEnd).atMost(PATIENCE).until(() -> {
            client.waitForBackgroundJavaScript(50);
            return sent(header, pathEnd).size() >= times;
        });
        return sent(header, pathEnd);
    }

    private List<String> sent(String header, String pathEnd) {
        return requests.stream()
                .filter(request -> request.getUrl().getPath().endsWith(pathEnd))
                .map(request -> request.getAdditionalHeaders().getOrDefault(header, ""))
                .toList();
    }

    /** What a CSS selector finds. */
    public List<DomNode> all(String selector) {
        return page.querySelectorAll(selector);
    }

    /** What scripts announced; guests' scripts, since the page's own announce nothing. */
    public List<String> alerts() {
        return alerts;
    }

    /** What an expression comes to in the page. */
    public String evaluate(String script) {
        return String.valueOf(page.executeJavaScript(script).getJavaScriptResult());
    }

    /** The row that begins with a text, in the table with this caption: each cell's text by its heading. */
    public Map<String, String> row(String caption, String first) {
        DomNode table = page.querySelectorAll("table").stream()
                .filter(one -> one.querySelector("caption").getTextContent().equals(caption))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no table " + caption + " in " + text()));
        DomNode row = table.querySelectorAll("tbody > tr").stream()
                .filter(one -> one.getFirstChild().getTextContent().equals(first))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no row " + first + " in " + caption));
        List<DomNode> headings = List.copyOf(table.querySelector("thead").querySelectorAll("th"));
        List<DomNode> cells = List.copyOf(row.querySelectorAll("th, td"));
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < headings.size(); i++) {
            texts.put(headings.get(i).getTextContent(), plain(cells.get(i).getTextContent()));
        }
        return texts;
    }

    @Override
    public void close() {
        client.close();
    }
}
