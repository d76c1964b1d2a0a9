package dev.netbase.model.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;

class WebhookRulesTest {
    private final WebhookRules rules = WebhookRules.of(
            List.of("https://hooks.example.com", "https://*.example.org:8443", "http://127.0.0.1:9000/"), false);

    private boolean allowed(String url) {
        return rules.objection(URI.create(url)).isEmpty();
    }

    @Test
    void shouldAllowOnlyTheOriginsThatAreNamed() {
        assertThat(allowed("https://hooks.example.com/a?b=c")).isTrue();
        assertThat(allowed("https://HOOKS.example.com:443/")).isTrue();
        assertThat(allowed("https://a.b.example.org:8443/")).isTrue();
        assertThat(allowed("http://127.0.0.1:9000/")).isTrue();

        assertThat(allowed("http://hooks.example.com/")).isFalse();
        assertThat(allowed("https://hooks.example.com:8443/")).isFalse();
        assertThat(allowed("https://example.org:8443/")).isFalse();
        assertThat(allowed("https://evilexample.org:8443/")).isFalse();
        assertThat(allowed("https://hooks.example.com.evil.net/")).isFalse();
        assertThat(allowed("http://127.0.0.1/")).isFalse();
        assertThat(WebhookRules.of(List.of(), true).objection(URI.create("https://hooks.example.com/")))
                .hasValueSatisfying(text -> assertThat(text).contains("netbase.webhooks.allowed-origins"));
    }

    @Test
    void shouldKnowWhichAddressesArePublic() throws UnknownHostException {
        for (String address : List.of("93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946")) {
            assertThat(WebhookRules.isPublic(InetAddress.getByName(address)))
                    .as(address)
                    .isTrue();
        }
        for (String address : List.of(
                "127.0.0.1",
                "127.9.9.9",
                "0.0.0.0",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "192.0.0.8",
                "198.18.0.1",
                "224.0.0.1",
                "255.255.255.255",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "2002:7f00:1::",
                "64:ff9b::7f00:1",
                "2001:0:1::")) {
            assertThat(WebhookRules.isPublic(InetAddress.getByName(address)))
                    .as(address)
                    .isFalse();
        }
        assertThat(rules.objection(InetAddress.getByName("127.0.0.1"))).isPresent();
        assertThat(WebhookRules.of(List.of(), true).objection(InetAddress.getByName("127.0.0.1")))
                .isEmpty();
    }

    @Test
    void shouldRefuseSettingsThatAreNoOrigins() {
        for (String text : List.of("hooks.example.com", "ftp://a", "https://", "https://a/b", "https://*", "")) {
            assertThatThrownBy(() -> WebhookRules.of(List.of(text), false))
                    .as(text)
                    .hasMessageContaining("netbase.webhooks.allowed-origins");
        }
    }
}
