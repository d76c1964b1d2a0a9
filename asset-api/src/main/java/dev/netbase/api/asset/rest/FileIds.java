package dev.netbase.api.asset.rest;

import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.model.problem.ProblemCode;
import java.util.regex.Pattern;

/** Ids of files in URLs. */
final class FileIds {
    private static final Pattern ID = Pattern.compile("[0-9]{1,18}");

    private FileIds() {}

    /** @throws ProblemException {@code file-not-found} if no file can have this id */
    static long parse(String id) {
        if (!ID.matcher(id).matches()) {
            throw notFound(id);
        }
        return Long.parseLong(id);
    }

    static ProblemException notFound(String id) {
        return new ProblemException(ProblemCode.FILE_NOT_FOUND, "there is no file '" + id + "'");
    }
}
