package dev.netbase.worker.group.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.task.AgentType;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.worker.group.application.Cancellation;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.sql.SqlConfig;
import dev.netbase.worker.sql.SqlDataSources;
import dev.netbase.worker.testing.TestCalls;
import dev.netbase.worker.wasm.PublishedFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunSqlTest {
    private static final String ROLE = "run_sql_test";
    private static final String PASSWORD = "not-to-be-told";

    @TempDir
    static Path modules;

    private static TestDatabase database;
    private static TestCalls calls;
    private static SqlDataSources sources;
    private static RunSql executor;

    private record Source(TestDatabase to, String user, boolean readOnly, boolean allowSuperuser)
            implements SqlConfig.Source {
        @Override
        public String url() {
            return to.reactiveUrl() + "?sslmode=disable&binaryTransfer=true";
        }

        @Override
        public Optional<String> username() {
            return Optional.of(user);
        }

        @Override
        public Optional<String> password() {
            return Optional.of(user.equals("postgres") ? "postgres" : PASSWORD);
        }

        @Override
        public Optional<Path> passwordFile() {
            return Optional.empty();
        }

        @Override
        public int maxConnections() {
            return 2;
        }

        @Override
        public Duration connectTimeout() {
            return Duration.ofSeconds(5);
        }

        @Override
        public Duration idleTimeout() {
            return Duration.ofMinutes(1);
        }

        @Override
        public boolean allowNetbaseDatabase() {
            return false;
        }
    }

    private record Config(Map<String, SqlConfig.Source> dataSources, long maxRows) implements SqlConfig {}

    @BeforeAll
    static void prepare() {
        database = TestDatabase.empty();
        database.execute("do $$ begin if not exists (select 1 from pg_roles where rolname = '" + ROLE
                + "') then create role " + ROLE + " login password '" + PASSWORD + "'; end if; end $$;"
                + "grant create on schema public to " + ROLE + ";"
                + "create table secrets(secret text); insert into secrets values ('s3cret');"
                + "create table notes(id int generated always as identity, note text);"
                + "create sequence counter;"
                + "create function write_note() returns int language sql as"
                + " 'insert into notes(note) values (''by a function'') returning 1';"
                + "grant all on notes, counter to " + ROLE);
        SqlConfig config = new Config(
                Map.of(
                        "reads", new Source(database, ROLE, true, false),
                        "writes", new Source(database, ROLE, false, false),
                        "root", new Source(database, "postgres", true, false),
                        "allowed-root", new Source(database, "postgres", true, true),
                        "nobody", new Source(database, "nobody_" + ROLE, true, false),
                        "netbase", new Source(TestDatabase.migrated(), ROLE, true, false)),
                1_000);
        calls = new TestCalls(modules);
        sources = new SqlDataSources(config);
        executor = new RunSql(sources, config, new PublishedFiles(modules), modules);
    }

    @AfterAll
    static void close() {
        sources.close();
    }

    @Test
    void shouldGiveTheLastResultWithFaithfulValues() {
        String output = output("""
                select 1 as ignored;
                select 12345678901234567890.12345678901234567890 as exact, 1.10 as scale, 9223372036854775807 as big,
                  0.1::float8 as tenth, 'NaN'::float8 as nan, '-Infinity'::numeric as low, true as yes, null as nothing,
                  '{"a": [1, 2.50, null]}'::jsonb as doc, '{"a":  1e400}'::json as raw, '\\x00ff'::bytea as bytes,
                  timestamptz '2026-03-01 12:00:00.123456+05:30' as at, timestamp '2026-03-01 12:00:00' as local,
                  date '2026-03-01' as day, time '12:00:01.5' as clock, interval '1 day 2 hours' as pause,
                  timestamptz 'infinity' as never, timestamptz '0044-03-15 00:00:00+00 BC' as ides,
                  '5b6e7a1e-7d1c-4a5e-8f2b-1c2d3e4f5a6b'::uuid as uuid, E'a "b" \\u00e4\\n' as text,
                  array[[1,2],[3,null]] as matrix, array['a,b', 'NULL', null, 'q"\\'] as texts, '{}'::int[] as none,
                  array[timestamptz '2026-03-01 12:00:00+00'] as times, array['{"k":1}'::jsonb] as docs,
                  '[5:6]={true,false}'::bool[] as shifted, array['\\x01'::bytea] as blobs, int4range(1, 5) as span,
                  (1, 'x')::text as pair
                """, "{}");

        assertThat(output)
                .isEqualTo("{\"rows\":[{\"exact\":12345678901234567890.12345678901234567890,\"scale\":1.10,"
                        + "\"big\":9223372036854775807,\"tenth\":0.1,\"nan\":\"NaN\",\"low\":\"-Infinity\",\"yes\":true,"
                        + "\"nothing\":null,\"doc\":{\"a\": [1, 2.50, null]},\"raw\":{\"a\":  1e400},\"bytes\":\"AP8=\","
                        + "\"at\":\"2026-03-01T06:30:00.123456Z\",\"local\":\"2026-03-01T12:00:00\",\"day\":\"2026-03-01\","
                        + "\"clock\":\"12:00:01.5\",\"pause\":\"P1DT2H\",\"never\":\"infinity\","
                        + "\"ides\":\"0044-03-15 00:00:00+00 BC\",\"uuid\":\"5b6e7a1e-7d1c-4a5e-8f2b-1c2d3e4f5a6b\","
                        + "\"text\":\"a \\\"b\\\" ä\\n\",\"matrix\":[[1,2],[3,null]],"
                        + "\"texts\":[\"a,b\",\"NULL\",null,\"q\\\"\\\\\"],\"none\":[],\"times\":[\"2026-03-01T12:00:00Z\"],"
                        + "\"docs\":[{\"k\": 1}],\"shifted\":[true,false],\"blobs\":[\"AQ==\"],\"span\":\"[1,5)\","
                        + "\"pair\":\"(1,x)\"}],\"row_count\":1}");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    7                     | integer | 7
                    3000000000            | bigint  | 3000000000
                    12345678901234567890  | numeric | 12345678901234567890
                    1.50                  | numeric | 1.50
                    true                  | boolean | true
                    "it's"                | text    | "it's"
                    null                  | text    | null
                    [1,"a"]               | jsonb   | [1, "a"]
                    {"k":1.50}            | jsonb   | {"k": 1.50}
                    """)
    void shouldBindInputsAsTheSameConstantsWouldBe(String input, String type, String value) {
        String output = output(
                "select pg_typeof(value)::text as type, value from (select :value as value)",
                "{\"value\":" + input + "}");

        assertThat(output)
                .isEqualTo("{\"rows\":[{\"type\":\"" + type + "\",\"value\":" + value + "}],\"row_count\":1}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "' or 1=1 --",
                "'; drop table notes; --",
                "x'||(select secret from secrets)||'",
                "$$; commit; select $$",
                "\\'; select 1; --",
                ":other",
                "?",
                "*/ select 1 /*"
            })
    void shouldNeverReadAParameterAsSql(String hostile) {
        TaskOutcome.Completed outcome = completed(run(
                "reads",
                "select :text as text, count(*) as matches from notes where note = :text",
                "{}",
                "{\"text\":" + dev.netbase.model.json.Json.write(hostile) + ",\"other\":1}"));

        assertThat(text(outcome.output()))
                .isEqualTo("{\"rows\":[{\"text\":" + dev.netbase.model.json.Json.write(hostile)
                        + ",\"matches\":0}],\"row_count\":1}");
    }

    @Test
    void shouldTakeTypesFromWhereStringsStand() {
        assertThat(output(
                        "select date '2026-03-02' - :day as days, to_jsonb(:list::jsonb -> 0) as first limit :n",
                        "{\"day\":\"2026-03-01\",\"list\":[5],\"n\":1}"))
                .contains("{\"days\":1,\"first\":5}");
    }

    @Test
    void shouldWriteInOneTransactionIfOperatorAndAgentSaySo() {
        String script = "insert into notes(note) values (:note); insert into notes(note) values (:note || '!');"
                + "update notes set note = note || '?' where note like :note || '%'";
        TaskOutcome.Completed done = completed(run("writes", script, "\"read_only\":false", "{\"note\":\"hello\"}"));
        TaskOutcome.Failed failed = failed(
                run("writes", "insert into notes(note) values ('lost'); select 1/0", "\"read_only\":false", "{}"));

        assertThat(text(done.output())).isEqualTo("{\"rows\":[],\"row_count\":2}");
        assertThat(database.query("select string_agg(note, ',' order by id) from notes where note like 'hello%'"))
                .isEqualTo("hello?,hello!?");
        assertThat(failed.code()).isEqualTo(TaskErrorCode.EXIT_CODE);
        assertThat(failed.message()).isEqualTo("line 1: ERROR 22012: division by zero");
        assertThat(database.query("select count(*) from notes where note = 'lost'"))
                .isEqualTo("0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into notes(note) values ('x')",
                "set transaction read write; insert into notes(note) values ('x')",
                "set transaction_read_only = off; insert into notes(note) values ('x')",
                "reset transaction_read_only; insert into notes(note) values ('x')",
                "set session characteristics as transaction read write; insert into notes(note) values ('x')",
                "set default_transaction_read_only = off; insert into notes(note) values ('x')",
                "select set_config('transaction_read_only', 'off', true); insert into notes(note) values ('x')",
                "do $$ begin execute 'set transaction read write'; insert into notes(note) values ('x'); end $$",
                "do $$ begin commit; insert into notes(note) values ('x'); end $$",
                "do $$ begin rollback; set transaction read write; insert into notes(note) values ('x'); end $$",
                "with w as (insert into notes(note) values ('x') returning 1) select * from w",
                "select write_note()",
                "explain analyze insert into notes(note) values ('x')",
                "select nextval('counter')",
                "create table t (a int)",
                "create temp table t (a int); create table u as select * from t",
                "prepare p as insert into notes(note) values ('x'); execute p",
                "declare c cursor for select 1; truncate notes",
                "set standard_conforming_strings = off; select 'a\\' ' ; commit; begin read write;"
                        + " insert into notes(note) values ($$x$$); --'",
                "select pg_read_file('/etc/passwd')",
                "set role postgres; insert into notes(note) values ('x')",
                "set session authorization postgres",
                "do $$ begin execute 'copy (select 1) to program ''touch /tmp/netbase-was-here'''; end $$",
                "select lo_export(1, '/tmp/netbase-was-here')",
                "select secret from secrets"
            })
    void shouldOnlyReadWhateverTheScriptTries(String script) {
        String before = database.query("select count(*) || ' ' || (select last_value from counter) from notes");

        TaskOutcome.Failed failed = failed(run("reads", script, "", "{}"));

        assertThat(failed.code()).isIn(TaskErrorCode.EXIT_CODE, TaskErrorCode.INVALID_MODULE);
        assertThat(database.query("select count(*) || ' ' || (select last_value from counter) from notes"))
                .isEqualTo(before);
        assertThat(Path.of("/tmp/netbase-was-here")).doesNotExist();
    }

    @Test
    void shouldSayHowAWriteWouldBeAllowed() {
        assertThat(failed(run("reads", "insert into notes(note) values ('x')", "", "{}"))
                        .message())
                .contains("25006", "\"read_only\": false", "netbase.sql.data-sources.reads.read-only=false");
        assertThat(failed(run("reads", "select 1", "\"read_only\":false", "{}")).message())
                .contains("netbase.sql.data-sources.reads.read-only=false");
        assertThat(failed(run("writes", "insert into notes(note) values ('x')", "", "{}"))
                        .code())
                .isEqualTo(TaskErrorCode.EXIT_CODE);
    }

    @Test
    void shouldLeaveNothingOfASessionToTheNext() {
        for (int i = 0; i < 2; i++) {
            completed(run(
                    "writes",
                    "set search_path = pg_temp; set extra_float_digits = 0; select pg_advisory_lock(7);"
                            + " listen x; create temp table left_over (a int); select 1 as one",
                    "\"read_only\":false",
                    "{}"));
        }

        TaskOutcome.Completed next = completed(run(
                "writes",
                "select current_setting('search_path') as path,"
                        + " (select count(*) from pg_locks where locktype = 'advisory') as locks,"
                        + " (select count(*) from pg_listening_channels()) as channels,"
                        + " to_regclass('left_over')::text as left_over",
                "",
                "{}"));
        assertThat(text(next.output()))
                .contains("{\"path\":\"\\\"$user\\\", public\",\"locks\":0,\"channels\":0,\"left_over\":null}");
    }

    @Test
    void shouldKeepNoticesAsStderr() {
        TaskOutcome.Completed outcome = completed(run(
                "reads",
                "do $$ begin raise notice 'one'; raise warning 'two'; end $$; select 1 as one",
                "\"limits\":{\"stderr_bytes\":8}",
                "{}"));

        assertThat(text(outcome.stderr())).isEqualTo("one\ntwo\n");
        TaskOutcome.Completed tail = completed(run(
                "reads",
                "do $$ begin for i in 1..100000 loop raise notice 'note %', i; end loop; end $$; select 1 as one",
                "\"limits\":{\"stderr_bytes\":12}",
                "{}"));
        assertThat(text(tail.stderr())).isEqualTo("note 100000\n");
    }

    @Test
    void shouldHoldTheLimitsOfTheResult() {
        assertThat(failed(run("reads", "select * from generate_series(1, 11) n", "\"max_rows\":10", "{}"))
                        .code())
                .isEqualTo(TaskErrorCode.OUTPUT_TOO_LARGE);
        completed(run("reads", "select * from generate_series(1, 10) n", "\"max_rows\":10", "{}"));
        assertThat(failed(run("reads", "select * from generate_series(1, 1001) n", "\"max_rows\":5000", "{}"))
                        .message())
                .contains("1000 rows");
        String exact = output("select repeat('x', 100) as x", "{}");
        assertThat(failed(run(
                                "reads",
                                "select repeat('x', 100) as x",
                                "\"limits\":{\"output_bytes\":" + (exact.length() - 1) + "}",
                                "{}"))
                        .code())
                .isEqualTo(TaskErrorCode.OUTPUT_TOO_LARGE);
        completed(run(
                "reads", "select repeat('x', 100) as x", "\"limits\":{\"output_bytes\":" + exact.length() + "}", "{}"));
        assertThat(failed(run("reads", "select repeat('x', 100000000) as x", "", "{}"))
                        .code())
                .isEqualTo(TaskErrorCode.OUTPUT_TOO_LARGE);
        assertThat(output("select 1 as one", "{}")).contains("\"one\":1");
    }

    @Test
    void shouldReadResultsThatAreNotTheLastToTheirEnd() {
        completed(run(
                "writes",
                "select setval('counter', 1); select nextval('counter') from generate_series(1, 2500);"
                        + " select 1 as one",
                "\"read_only\":false",
                "{}"));

        assertThat(database.query("select last_value from counter")).isEqualTo("2501");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select pg_sleep(30)",
                "set statement_timeout = 0; select pg_sleep(30)",
                "do $$ begin loop begin perform pg_sleep(30); exception when query_canceled then null; end; end loop;"
                        + " end $$",
                "select count(*) from generate_series(1, 1000000000000)"
            })
    void shouldEndWhatRunsTooLong(String script) {
        long begin = System.nanoTime();

        TaskOutcome.Failed failed = failed(run("reads", script, "\"limits\":{\"timeout_ms\":200}", "{}"));

        assertThat(failed.code()).isEqualTo(TaskErrorCode.TIMEOUT);
        assertThat(failed.message()).contains("200 ms");
        assertThat(failed.usage().runningMicros()).isGreaterThanOrEqualTo(200_000);
        assertThat(failed.usage().loadingMicros()).isPositive();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(8));
        assertThat(running()).isEqualTo("0");
    }

    @Test
    void shouldStopAStatementWhenItsTaskIsCancelled() throws Exception {
        List<CompletableFuture<TaskOutcome>> outcomes = new ArrayList<>();
        List<Cancellation> cancellations = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Cancellation cancellation = new Cancellation();
            cancellations.add(cancellation);
            outcomes.add(TestCalls.start(executor, call("reads", "select pg_sleep(30)", "", "{}"), cancellation));
        }
        await().until(() -> running().equals("2"));

        long begin = System.nanoTime();
        cancellations.forEach(cancellation -> cancellation.request(Cancellation.Reason.RUN_CANCELLED));

        for (CompletableFuture<TaskOutcome> outcome : outcomes) {
            assertThat(failed(outcome.get()).code()).isEqualTo(TaskErrorCode.CANCELLED);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
        await().until(() -> running().equals("0"));
        assertThat(output("select 1 as one", "{}")).contains("\"one\":1");
    }

    @Test
    void shouldRunNoMoreThanTheDataSourceAllows() throws Exception {
        List<CompletableFuture<TaskOutcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            outcomes.add(TestCalls.start(
                    executor,
                    call(
                            "reads",
                            "select count(*) as n from pg_stat_activity where usename = current_user"
                                    + " and datname = current_database()",
                            "",
                            "{}"),
                    new Cancellation()));
        }
        for (CompletableFuture<TaskOutcome> outcome : outcomes) {
            assertThat(text(completed(outcome.get()).output())).matches(".*\"n\":[1-4]}.*");
        }
    }

    @Test
    void shouldGoOnWhenTheDatabaseCutItsConnections() {
        output("select 1 as one", "{}");
        database.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = '" + ROLE + "'");

        assertThat(output("select 1 as one", "{}")).contains("\"one\":1");
    }

    @Test
    void shouldRefuseDataSourcesThatScriptsMustNotHave() {
        assertThat(failed(run("root", "select 1", "", "{}")).message())
                .contains("superuser", "netbase.sql.data-sources.root.allow-superuser=true");
        completed(run("allowed-root", "select 1 as one", "", "{}"));
        assertThat(failed(run("netbase", "select 1", "", "{}")).message())
                .contains("Netbase's own database", "netbase.sql.data-sources.netbase.allow-netbase-database=true");
        assertThat(failed(run("missing", "select 1", "", "{}")).message())
                .contains("no data source \"missing\"", "netbase.sql.data-sources.missing.url");
    }

    @Test
    void shouldNotTellHowItConnects() {
        TaskOutcome.Failed failed = failed(run("nobody", "select 1", "", "{}"));

        assertThat(failed.code()).isEqualTo(TaskErrorCode.HOST_ERROR);
        assertThat(failed.message())
                .isEqualTo("the data source nobody cannot be reached; see the worker's log")
                .doesNotContain(PASSWORD);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    select 1             | {}                                          | {}  | INVALID_MODULE    | config.data_source
                    select 1             | {"data_source":1}                           | {}  | INVALID_MODULE    | config.data_source
                    select 1             | {"data_source":"reads","read_only":"no"}    | {}  | INVALID_MODULE    | config.read_only
                    select 1             | {"data_source":"reads","max_rows":0}        | {}  | INVALID_MODULE    | config.max_rows
                    select :a            | {"data_source":"reads"}                     | {}  | INPUT_UNAVAILABLE | "a"
                    select :a            | {"data_source":"reads"}                     | [1] | INPUT_UNAVAILABLE | object
                    select 1 as a, 2 as a| {"data_source":"reads"}                     | {}  | INVALID_OUTPUT    | "a"
                    select '{"a":1,"a":2}'::json as j | {"data_source":"reads"}        | {}  | INVALID_OUTPUT    | json
                    selec 1              | {"data_source":"reads"}                     | {}  | EXIT_CODE         | line 1: ERROR 42601
                    """)
    void shouldSayWhatIsWrong(String script, String config, String input, TaskErrorCode code, String part) {
        TaskOutcome.Failed failed =
                failed(TestCalls.run(executor, calls.call(AgentType.SQL, "q.sql", script, config, input)));

        assertThat(failed.code()).isEqualTo(code);
        assertThat(failed.message()).contains(part);
    }

    @Test
    void shouldNameTheLineOfAnError() {
        assertThat(failed(run("reads", "select 1;\n\n-- that is it\nselect :a,\n  nowhere", "", "{\"a\":1}"))
                        .message())
                .startsWith("line 5: ERROR 42703: column \"nowhere\" does not exist");
    }

    @Test
    void shouldNotRunAScriptThatWasChanged() throws IOException {
        TaskCall call = call("reads", "select 1 as one", "", "{}");
        completed(TestCalls.run(executor, call));
        Files.writeString(call.spec().file().path(modules), "select 2 as two");

        assertThat(failed(TestCalls.run(executor, call)).code()).isEqualTo(TaskErrorCode.CHECKSUM_MISMATCH);
    }

    @Test
    void shouldRefuseAConfigurationThatCannotBeRight() {
        SqlConfig.Source source = new Source(database, ROLE, true, false);

        assertThatThrownBy(() -> new SqlDataSources(new Config(Map.of("a b", source), 1)))
                .hasMessageContaining("netbase.sql.data-sources.a b");
    }

    private static String running() {
        return database.query("select count(*) from pg_stat_activity where usename = '" + ROLE
                + "' and state = 'active' and datname = '" + database.name() + "'");
    }

    private static String output(String script, String input) {
        return text(completed(run("reads", script, "", input)).output());
    }

    private static TaskOutcome run(String source, String script, String config, String input) {
        return TestCalls.run(executor, call(source, script, config, input));
    }

    private static TaskCall call(String source, String script, String config, String input) {
        String all = "{\"data_source\":\"" + source + "\""
                + (config.isEmpty() || config.equals("{}") ? "" : "," + config) + "}";
        return calls.call(AgentType.SQL, "query.sql", script, all, input);
    }

    private static TaskOutcome.Completed completed(TaskOutcome outcome) {
        if (outcome instanceof TaskOutcome.Failed failed) {
            throw new AssertionError(failed.code() + ": " + failed.message());
        }
        return (TaskOutcome.Completed) outcome;
    }

    private static TaskOutcome.Failed failed(TaskOutcome outcome) {
        if (outcome instanceof TaskOutcome.Completed completed) {
            throw new AssertionError("completed: " + text(completed.output()));
        }
        return (TaskOutcome.Failed) outcome;
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
