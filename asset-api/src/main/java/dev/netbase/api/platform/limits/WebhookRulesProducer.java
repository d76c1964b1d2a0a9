package dev.netbase.api.platform.limits;

import dev.netbase.model.webhook.WebhookRules;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/** Makes the rules for webhooks from the configuration. */
@ApplicationScoped
class WebhookRulesProducer {
    /** Which webhooks definitions may have; the scheduler, which calls them, has the same settings. */
    @ConfigMapping(prefix = "netbase.webhooks")
    interface WebhooksConfig {
        /** Origins that may be called, for example {@code https://hooks.example.com,https://*.example.org}. */
        Optional<List<String>> allowedOrigins();

        /** Whether addresses of this machine and of private networks may be called. */
        @WithDefault("false")
        boolean allowPrivateAddresses();
    }

    @Produces
    @Singleton
    WebhookRules webhookRules(WebhooksConfig config) {
        return WebhookRules.of(config.allowedOrigins().orElse(List.of()), config.allowPrivateAddresses());
    }
}
