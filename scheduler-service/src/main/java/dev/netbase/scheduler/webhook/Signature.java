package dev.netbase.scheduler.webhook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs as Standard Webhooks say: {@code v1,} and the base64 of HMAC-SHA256 over {@code ID.TIMESTAMP.BODY}, one for each
 * secret, separated by spaces.
 */
final class Signature {
    private static final String PREFIX = "whsec_";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MIN_BYTES = 24;
    private static final int MAX_BYTES = 64;

    private final List<SecretKeySpec> keys;

    private Signature(List<SecretKeySpec> keys) {
        this.keys = keys;
    }

    /**
     * Signs with these secrets.
     *
     * @throws IllegalArgumentException if there is none, or one is not {@code whsec_} and base64 of 24 to 64 bytes
     */
    static Signature with(List<String> secrets) {
        List<SecretKeySpec> keys = secrets.stream()
                .map(String::strip)
                .filter(secret -> !secret.isEmpty())
                .map(Signature::key)
                .toList();
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("netbase.webhooks.secret-file holds no secret");
        }
        return new Signature(keys);
    }

    private static SecretKeySpec key(String secret) {
        try {
            byte[] bytes =
                    Base64.getDecoder().decode(secret.startsWith(PREFIX) ? secret.substring(PREFIX.length()) : "");
            if (bytes.length >= MIN_BYTES && bytes.length <= MAX_BYTES) {
                return new SecretKeySpec(bytes, ALGORITHM);
            }
        } catch (IllegalArgumentException e) {
            // told below, without the secret
        }
        throw new IllegalArgumentException("netbase.webhooks.secret-file: each line must be " + PREFIX
                + " and the base64 of " + MIN_BYTES + " to " + MAX_BYTES + " bytes");
    }

    /** The value of the header {@code webhook-signature}. */
    String of(String id, long timestamp, String body) {
        byte[] signed = (id + "." + timestamp + "." + body).getBytes(StandardCharsets.UTF_8);
        return keys.stream().map(key -> "v1," + hmac(key, signed)).collect(Collectors.joining(" "));
    }

    private static String hmac(SecretKeySpec key, byte[] signed) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return Base64.getEncoder().encodeToString(mac.doFinal(signed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", e);
        }
    }
}
