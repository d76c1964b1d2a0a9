package dev.netbase.api.platform.security;

import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The bootstrap admin's token. Only its digest is kept. */
@Startup
@ApplicationScoped
public class AdminToken {
    private static final int MIN_CHARS = 16;
    private final byte[] digest;

    /** @throws IllegalStateException if the file cannot be read or holds fewer than 16 characters */
    AdminToken(SecurityConfig config) {
        String token;
        try {
            token = Files.readString(config.adminTokenFile()).strip();
        } catch (IOException e) {
            throw new IllegalStateException(
                    "netbase.security.admin-token-file: cannot read " + config.adminTokenFile(), e);
        }
        if (token.length() < MIN_CHARS) {
            throw new IllegalStateException("netbase.security.admin-token-file: " + config.adminTokenFile()
                    + " must hold a token of at least " + MIN_CHARS + " characters");
        }
        this.digest = sha256(token);
    }

    /** Whether the caller sent the token; takes the same time whatever it sent. */
    boolean matches(String candidate) {
        return MessageDigest.isEqual(digest, sha256(candidate));
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
