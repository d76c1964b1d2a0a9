package dev.netbase.model.webhook;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which URLs webhooks may call, so that a definition cannot make Netbase reach what its author cannot: only origins that
 * the operator names, and none of their addresses may be one of this machine or of a private network unless the operator
 * allows that too.
 */
public final class WebhookRules {
    private static final Pattern ORIGIN =
            Pattern.compile("(https?)://(\\*\\.)?([A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+])(?::([0-9]{1,5}))?/?");

    private final List<Origin> allowed;
    private final boolean privateAddresses;

    private record Origin(String scheme, boolean subdomains, String host, int port) {
        boolean covers(String otherScheme, String otherHost, int otherPort) {
            return scheme.equals(otherScheme)
                    && port == otherPort
                    && (subdomains ? otherHost.endsWith("." + host) : otherHost.equals(host));
        }
    }

    private WebhookRules(List<Origin> allowed, boolean privateAddresses) {
        this.allowed = allowed;
        this.privateAddresses = privateAddresses;
    }

    /**
     * The operator's rules.
     *
     * @param origins such as {@code https://hooks.example.com}, {@code https://*.example.com} for the names below it, or
     *     {@code http://127.0.0.1:9000}; without a port the scheme's
     * @param privateAddresses whether addresses that are not public may be called
     * @throws IllegalArgumentException if one is not an origin
     */
    public static WebhookRules of(List<String> origins, boolean privateAddresses) {
        return new WebhookRules(origins.stream().map(WebhookRules::origin).toList(), privateAddresses);
    }

    private static Origin origin(String text) {
        Matcher matcher = ORIGIN.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("netbase.webhooks.allowed-origins: '" + text
                    + "' is no origin such as https://hooks.example.com or https://*.example.com");
        }
        String scheme = matcher.group(1);
        return new Origin(
                scheme,
                matcher.group(2) != null,
                matcher.group(3).toLowerCase(Locale.ROOT),
                matcher.group(4) == null ? defaultPort(scheme) : Integer.parseInt(matcher.group(4)));
    }

    /** What stands against calling this URL, for a person; empty if nothing does. */
    public Optional<String> objection(URI url) {
        String scheme = String.valueOf(url.getScheme());
        String host = String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
        int port = url.getPort() < 0 ? defaultPort(scheme) : url.getPort();
        return allowed.stream().anyMatch(origin -> origin.covers(scheme, host, port))
                ? Optional.empty()
                : Optional.of("the operator does not allow " + scheme + "://" + host
                        + (url.getPort() < 0 ? "" : ":" + port) + " (netbase.webhooks.allowed-origins)");
    }

    /** What stands against calling this address, for a person; empty if nothing does. */
    public Optional<String> objection(InetAddress address) {
        return privateAddresses || isPublic(address)
                ? Optional.empty()
                : Optional.of("its host has the address " + address.getHostAddress()
                        + ", which is not public (netbase.webhooks.allow-private-addresses)");
    }

    /** Whether anybody on the Internet may be reached at the address. */
    static boolean isPublic(InetAddress address) {
        if (address.isAnyLocalAddress()
                || address.isLoopbackAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) {
            return false;
        }
        byte[] bytes = address.getAddress();
        int first = bytes[0] & 0xff;
        int second = bytes[1] & 0xff;
        return switch (address) {
            case Inet4Address four ->
                first != 0
                        && first < 240
                        && !(first == 100 && second >= 64 && second < 128)
                        && !(first == 192 && second == 0)
                        && !(first == 198 && (second == 18 || second == 19));
            // global unicast, without what embeds other addresses: 6to4, NAT64 and Teredo are not for this
            case Inet6Address six ->
                (first & 0xe0) == 0x20
                        && !(first == 0x20 && second == 0x02)
                        && !(first == 0x20 && second == 0x01 && bytes[2] == 0 && bytes[3] == 0);
            default -> false;
        };
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("https") ? 443 : 80;
    }
}
