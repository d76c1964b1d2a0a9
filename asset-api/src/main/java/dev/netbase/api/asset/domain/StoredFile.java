package dev.netbase.api.asset.domain;

/** A published file and where the module store keeps it. */
public record StoredFile(AssetFile file, String packageNanoid, String versionString) {}
