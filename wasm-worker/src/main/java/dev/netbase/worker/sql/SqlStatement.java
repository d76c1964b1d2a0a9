package dev.netbase.worker.sql;

import java.util.List;

/**
 * One statement of a script.
 *
 * @param jdbc the statement with {@code ?} in the place of each parameter, other question marks doubled, comments left
 *     out
 * @param sent the statement as the server sees it, to which its positions refer
 * @param parameters the names of the parameters in the order of their places; a name may come more than once
 * @param line the script's line on which it begins, from 1
 * @param command its first word in lower case, empty if it begins with none
 */
record SqlStatement(String jdbc, String sent, List<String> parameters, int line, String command) {
    SqlStatement {
        parameters = List.copyOf(parameters);
    }

    /** The script's line of a position that the server names, which counts characters from 1. */
    int lineOf(int position) {
        int end = Math.min(Math.max(position - 1, 0), sent.length());
        return line
                + (int) sent.substring(0, end).chars().filter(c -> c == '\n').count();
    }
}
