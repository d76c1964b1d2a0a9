package dev.netbase.worker.sql;

import dev.netbase.model.task.TaskErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds the statements of a script and the parameters in them, by the lexical rules of PostgreSQL with
 * {@code standard_conforming_strings} on: nothing in a literal, a quoted identifier, a dollar quote or a comment is a
 * parameter or ends a statement, and neither is {@code ::} a parameter.
 */
final class ScriptScanner {
    private static final int WORDS = 4;
    private final String text;
    private final List<SqlStatement> statements = new ArrayList<>();
    private int at;
    private int line = 1;

    // The statement under way.
    private final StringBuilder jdbc = new StringBuilder();
    private final StringBuilder sent = new StringBuilder();
    private final List<String> parameters = new ArrayList<>();
    private final List<String> words = new ArrayList<>();
    private int firstLine;
    private int parentheses;
    private int blocks;

    ScriptScanner(String text) {
        this.text = text;
    }

    List<SqlStatement> statements() throws SqlFailedException {
        while (at < text.length()) {
            step(text.charAt(at));
        }
        end();
        return statements;
    }

    private void step(char c) throws SqlFailedException {
        switch (c) {
            case '\'' -> quoted('\'', false);
            case '"' -> quoted('"', false);
            case '$' -> dollar();
            case ':' -> colon();
            case '?' -> {
                begin();
                jdbc.append("??");
                sent.append('?');
                at++;
            }
            case ';' -> {
                if (parentheses == 0 && blocks == 0) {
                    at++;
                    end();
                } else {
                    copy(1);
                }
            }
            case '(' -> {
                parentheses++;
                copy(1);
            }
            case ')' -> {
                parentheses = Math.max(0, parentheses - 1);
                copy(1);
            }
            case '\\' -> throw failure("a backslash outside of a literal: psql's commands are not SQL");
            case '\0' -> throw failure("a NUL character");
            default -> {
                if (text.startsWith("--", at)) {
                    lineComment();
                } else if (text.startsWith("/*", at)) {
                    blockComment();
                } else if (startsName(c)) {
                    name();
                } else if (isDigit(c)) {
                    copy(lengthOf(at, true));
                } else if (Character.isWhitespace(c)) {
                    space(1);
                } else {
                    copy(1);
                }
            }
        }
    }

    /** A literal or a quoted identifier; a doubled quote is part of it. */
    private void quoted(char quote, boolean backslashEscapes) throws SqlFailedException {
        int end = at + 1;
        while (true) {
            if (end >= text.length()) {
                throw failure(quote == '"' ? "a quoted identifier has no end" : "a literal has no end");
            }
            char c = text.charAt(end);
            if (c == '\\' && backslashEscapes) {
                end += 2;
            } else if (c != quote) {
                end++;
            } else if (end + 1 < text.length() && text.charAt(end + 1) == quote) {
                end += 2;
            } else {
                copy(end + 1 - at);
                return;
            }
        }
    }

    private void dollar() throws SqlFailedException {
        int tagEnd = at + 1;
        if (tagEnd < text.length() && isDigit(text.charAt(tagEnd))) {
            throw failure("parameters have names, such as :name, and not numbers");
        }
        while (tagEnd < text.length() && (startsName(text.charAt(tagEnd)) || isDigit(text.charAt(tagEnd)))) {
            tagEnd++;
        }
        if (tagEnd >= text.length() || text.charAt(tagEnd) != '$') {
            copy(1);
            return;
        }
        String delimiter = text.substring(at, tagEnd + 1);
        int close = text.indexOf(delimiter, tagEnd + 1);
        if (close < 0) {
            throw failure("the dollar quote " + delimiter + " has no end");
        }
        copy(close + delimiter.length() - at);
    }

    private void colon() {
        if (text.startsWith("::", at) || text.startsWith(":=", at)) {
            copy(2);
        } else if (at + 1 < text.length() && startsName(text.charAt(at + 1))) {
            int end = at + 1;
            while (end < text.length() && (startsName(text.charAt(end)) || isDigit(text.charAt(end)))) {
                end++;
            }
            begin();
            parameters.add(text.substring(at + 1, end));
            jdbc.append('?');
            sent.append('$').append(parameters.size());
            at = end;
        } else {
            copy(1);
        }
    }

    private void lineComment() {
        while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
            at++;
        }
        append(' ');
    }

    /** Block comments nest. */
    private void blockComment() throws SqlFailedException {
        int depth = 0;
        int end = at;
        do {
            if (text.startsWith("/*", end)) {
                depth++;
                end += 2;
            } else if (text.startsWith("*/", end)) {
                depth--;
                end += 2;
            } else if (++end >= text.length()) {
                throw failure("a comment has no end");
            }
        } while (depth > 0);
        append(' ');
        for (; at < end; at++) {
            if (text.charAt(at) == '\n') {
                line++;
                append('\n');
            }
        }
    }

    /** A word, and the literal that belongs to it if it is the E of {@code E'…'}. */
    private void name() throws SqlFailedException {
        int length = lengthOf(at, false);
        String word = text.substring(at, at + length).toLowerCase(Locale.ROOT);
        copy(length);
        if (words.size() < WORDS) {
            words.add(word);
        }
        if (parentheses == 0 && definesRoutine()) {
            countBlocks(word);
        }
        if (word.equals("e") && at < text.length() && text.charAt(at) == '\'') {
            quoted('\'', true);
        }
    }

    /** The body of a routine may be {@code BEGIN ATOMIC …; …; END}, in which CASE has an END of its own. */
    private void countBlocks(String word) {
        switch (word) {
            case "begin" -> blocks++;
            case "case" -> blocks += blocks > 0 ? 1 : 0;
            case "end" -> blocks = Math.max(0, blocks - 1);
            default -> {}
        }
    }

    private boolean definesRoutine() {
        String start = String.join(" ", words);
        return start.startsWith("create function")
                || start.startsWith("create procedure")
                || start.startsWith("create or replace function")
                || start.startsWith("create or replace procedure");
    }

    private int lengthOf(int start, boolean number) {
        int end = start + 1;
        while (end < text.length()) {
            char c = text.charAt(end);
            if (!startsName(c) && !isDigit(c) && (number ? c != '.' : c != '$')) {
                break;
            }
            end++;
        }
        return end - start;
    }

    private void copy(int length) {
        begin();
        int end = Math.min(at + length, text.length());
        for (; at < end; at++) {
            char c = text.charAt(at);
            if (c == '\n') {
                line++;
            }
            append(c);
        }
    }

    /** White space before a statement is left out. */
    private void space(int length) {
        if (sent.isEmpty()) {
            if (text.charAt(at) == '\n') {
                line++;
            }
            at += length;
        } else {
            copy(length);
        }
    }

    private void append(char c) {
        if (!sent.isEmpty() || !Character.isWhitespace(c)) {
            jdbc.append(c);
            sent.append(c);
        }
    }

    private void begin() {
        if (sent.isEmpty()) {
            firstLine = line;
        }
    }

    private void end() {
        if (!sent.isEmpty()) {
            String command = words.isEmpty() ? "" : words.getFirst();
            statements.add(new SqlStatement(jdbc.toString(), sent.toString(), parameters, firstLine, command));
        }
        jdbc.setLength(0);
        sent.setLength(0);
        parameters.clear();
        words.clear();
        parentheses = 0;
        blocks = 0;
    }

    private SqlFailedException failure(String what) {
        return new SqlFailedException(TaskErrorCode.INVALID_MODULE, "line " + line + ": " + what);
    }

    private static boolean startsName(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
