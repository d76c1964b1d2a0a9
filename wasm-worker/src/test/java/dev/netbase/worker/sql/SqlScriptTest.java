package dev.netbase.worker.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.model.task.TaskErrorCode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlScriptTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    select :a, :b_2                    | select ?, ?                       | a b_2
                    select :a::int, x::text            | select ?::int, x::text            | a
                    select ':a', 'it''s :b'            | select ':a', 'it''s :b'           |
                    select E'\\':a', e'\\\\', :b       | select E'\\':a', e'\\\\', ?       | b
                    select '\\', :b                    | select '\\', ?                    | b
                    select somee'\\', :b               | select somee'\\', ?               | b
                    select ":a", "x"":b", :c           | select ":a", "x"":b", ?           | c
                    select $$:a$$, $t$ $$ :b $t$, :c   | select $$:a$$, $t$ $$ :b $t$, ?   | c
                    select a$b$, :c, d$b$              | select a$b$, ?, d$b$              | c
                    select 1 -- :a ' \\n, :b           | select 1  , ?                     | b
                    select 1 /* :a /* ' */ :b */, :c   | select 1  , ?                     | c
                    select j ? 'k', j ?& :a            | select j ?? 'k', j ??& ?          | a
                    select a[1: n], f(x := :v)         | select a[1: n], f(x := ?)         | v
                    select U&'\\0061 :a', N':b', :c    | select U&'\\0061 :a', N':b', ?    | c
                    select 1.5e3, 0x1F, :a             | select 1.5e3, 0x1F, ?             | a
                    select :größe                      | select ?                          | größe
                    """)
    void shouldFindParametersAndNothingElse(String script, String jdbc, String parameters) throws Exception {
        List<SqlStatement> statements = parse(script.replace("\\n", "\n")).statements();

        assertThat(statements).hasSize(1);
        assertThat(statements.getFirst().jdbc().replaceAll("\\s+", " ")).isEqualTo(jdbc.replaceAll("\\s+", " "));
        assertThat(String.join(" ", statements.getFirst().parameters()))
                .isEqualTo(parameters == null ? "" : parameters);
    }

    @Test
    void shouldSplitAtSemicolonsThatEndStatements() throws Exception {
        SqlScript script = parse("""
                -- first
                create table t (a text default ';');
                create rule r as on insert to t do also (select 1; select 2);
                do $x$ begin perform 1; end $x$;;
                create or replace function f(a int) returns int begin atomic
                  select case when a > 1 then 1 else 2 end; select a; end;
                /* last
                 ; */
                select *
                from t
                """);

        assertThat(script.statements())
                .extracting(SqlStatement::command)
                .containsExactly("create", "create", "do", "create", "select");
        assertThat(script.statements()).extracting(SqlStatement::line).containsExactly(2, 3, 4, 5, 9);
        assertThat(script.statements().getLast().lineOf(10)).isEqualTo(10);
        assertThat(script.hasParameters()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select 1; commit; begin read write; delete from t",
                "begin",
                "START transaction",
                "/* x */ rollback",
                "select 1; End",
                "abort",
                "savepoint a",
                "release a",
                "prepare  transaction 'x'",
                "copy t to program 'id'",
                "select 1 \\copy t",
                "select $1",
                "select 'x",
                "select \"x",
                "select $a$ x",
                "/* /* */",
                "  -- nothing\n ;; ",
                ""
            })
    void shouldRefuseWhatNoScriptMay(String script) {
        assertThatThrownBy(() -> parse(script))
                .isInstanceOfSatisfying(
                        SqlFailedException.class, e -> assertThat(e.code()).isEqualTo(TaskErrorCode.INVALID_MODULE));
    }

    @Test
    void shouldNameTheLineOfWhatItRefuses() {
        assertThatThrownBy(() -> parse("select 1;\n\ncommit"))
                .hasMessageStartingWith("line 3: ")
                .hasMessageContaining("COMMIT");
    }

    @Test
    void shouldRefuseWhatIsNotText() {
        assertThatThrownBy(() -> SqlScript.parse(new byte[] {(byte) 0xff})).hasMessageContaining("UTF-8");
        assertThatThrownBy(() -> SqlScript.parse(new byte[SqlScript.MAX_BYTES + 1]))
                .hasMessageContaining("1048576");
        assertThatThrownBy(() -> parse("select 1;".repeat(SqlScript.MAX_STATEMENTS + 1)))
                .hasMessageContaining("1000");
    }

    private static SqlScript parse(String text) throws SqlFailedException {
        return SqlScript.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
