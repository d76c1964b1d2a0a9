package dev.netbase.worker.sql;

import static java.util.Objects.requireNonNull;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.sql.SqlDataSource.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.jdbc.PgConnection;

/** One run of a script: one connection, one transaction. What it gives back is the result of the last statement. */
public final class SqlExecution {
    private static final Logger LOG = Logger.getLogger(SqlExecution.class);

    /** Rows that are fetched at a time. */
    private static final int FETCH = 200;

    /** How long a statement has to heed requests to cancel before its server process is ended. */
    private static final Duration HEEDS_WITHIN = Duration.ofSeconds(2);

    private static final long ASK_AGAIN_MILLIS = 100;
    private static final long DRAIN_EVERY_MILLIS = 20;

    private final SqlDataSource source;
    private final SqlCall call;
    private final ScheduledExecutorService timer;
    private final NoticeTail notices;
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNS);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable PgConnection connection;
    private volatile long begunNanos;

    /** Whether it may go on, and why not. */
    private enum State {
        RUNS,
        TIMED_OUT,
        CANCELLED,
        /** Nothing more is asked of the server. */
        OVER
    }

    SqlExecution(SqlDataSource source, SqlCall call, ScheduledExecutorService timer) {
        this.source = source;
        this.call = call;
        this.timer = timer;
        this.notices = new NoticeTail(call.maxNoticeBytes());
    }

    /**
     * Runs the script; blocks until nothing of it is left.
     *
     * @return {@code {"rows":[…],"row_count":N}} in UTF-8
     * @throws SqlFailedException if it did not complete; its transaction is rolled back
     */
    public byte[] run() throws SqlFailedException {
        try {
            return runInSession();
        } finally {
            ended.countDown();
        }
    }

    /** Makes {@link #run} end soon with CANCELLED, unless it ends otherwise. Does not block. */
    public void cancel() {
        stop(State.CANCELLED);
    }

    /** When it had a connection and a transaction, by {@link System#nanoTime}; empty if it never had. */
    public OptionalLong begunNanos() {
        return begunNanos == 0 ? OptionalLong.empty() : OptionalLong.of(begunNanos);
    }

    /** The last of the notices and warnings, a line each, in UTF-8. */
    public byte[] notices() {
        return notices.bytes();
    }

    private byte[] runInSession() throws SqlFailedException {
        Session session = begin();
        begunNanos = System.nanoTime();
        PgConnection in = session.connection();
        ScheduledFuture<?> deadline =
                timer.schedule(() -> stop(State.TIMED_OUT), call.timeout().toMillis(), TimeUnit.MILLISECONDS);
        boolean usable = false;
        try {
            byte[] output = statements(in);
            in.commit();
            usable = true;
            return output;
        } catch (SQLException e) {
            usable = !SqlErrors.breaksConnection(e) && rollBack(in);
            throw failed(e, null);
        } catch (SqlFailedException e) {
            usable = rollBack(in);
            throw e;
        } finally {
            deadline.cancel(false);
            // Once asked to be cancelled, a connection is not used again: the request may come late.
            if (state.compareAndSet(State.RUNS, State.OVER) && usable) {
                source.giveBack(session);
            } else {
                SqlDataSource.close(in);
            }
        }
    }

    /** A connection in a transaction; connections that broke while idle are passed over. */
    private Session begin() throws SqlFailedException {
        for (Session session = source.take(); ; session = source.take()) {
            connection = session.connection();
            try {
                begin(session.connection());
                return session;
            } catch (SQLException e) {
                SqlDataSource.close(session.connection());
                if (!session.used() || state.get() != State.RUNS) {
                    throw failed(e, null);
                }
            }
        }
    }

    /**
     * Begins the transaction and has it take a snapshot: from then on PostgreSQL refuses to make a read-only transaction
     * read and write. The server's own time limit holds if this process dies.
     */
    private void begin(PgConnection in) throws SQLException {
        source.boundAnswers(in);
        in.setReadOnly(call.readOnly());
        in.setAutoCommit(false);
        long limit = call.timeout().plus(HEEDS_WITHIN).toMillis();
        try (Statement statement = in.createStatement()) {
            statement.execute("select pg_catalog.set_config('timezone', 'UTC', true),"
                    + " pg_catalog.set_config('intervalstyle', 'iso_8601', true),"
                    + " pg_catalog.set_config('statement_timeout', '" + limit + "', true),"
                    + " pg_catalog.set_config('idle_in_transaction_session_timeout', '" + limit + "', true)");
        }
        SqlDataSource.unboundAnswers(in);
    }

    private byte[] statements(PgConnection in) throws SQLException, SqlFailedException {
        List<SqlStatement> statements = call.script().statements();
        byte[] output = {};
        for (int i = 0; i < statements.size(); i++) {
            throwIfStopped();
            SqlStatement statement = statements.get(i);
            boolean last = i == statements.size() - 1;
            output = statement(in, statement, last);
            if (in.getTransactionState() != TransactionState.OPEN) {
                throw new SqlFailedException(
                        TaskErrorCode.EXIT_CODE, "line " + statement.line() + ": the transaction was ended");
            }
        }
        throwIfStopped();
        return output;
    }

    private byte[] statement(PgConnection in, SqlStatement statement, boolean last)
            throws SQLException, SqlFailedException {
        try (PreparedStatement prepared = prepare(in, statement)) {
            ScheduledFuture<?> draining = timer.scheduleWithFixedDelay(
                    () -> drain(prepared), DRAIN_EVERY_MILLIS, DRAIN_EVERY_MILLIS, TimeUnit.MILLISECONDS);
            try {
                return execute(prepared, last);
            } finally {
                draining.cancel(false);
                drain(prepared);
            }
        } catch (SQLException e) {
            if (SqlErrors.breaksConnection(e)) {
                SqlDataSource.close(in);
            }
            throw failed(e, statement);
        }
    }

    private PreparedStatement prepare(PgConnection in, SqlStatement statement) throws SQLException, SqlFailedException {
        if (!in.getStandardConformingStrings()) {
            throw new SqlFailedException(
                    TaskErrorCode.EXIT_CODE, "line " + statement.line() + ": standard_conforming_strings must stay on");
        }
        if (isSeveral(in, statement)) {
            throw new SqlFailedException(
                    TaskErrorCode.INVALID_MODULE, "line " + statement.line() + ": this is not one statement");
        }
        PreparedStatement prepared = in.prepareStatement(statement.jdbc());
        prepared.setFetchSize(FETCH);
        SqlParameters.bind(statement, prepared, call.parameters());
        return prepared;
    }

    /** Whether the driver sees an end of a statement where we see none: it would send what comes after on its own. */
    private static boolean isSeveral(BaseConnection in, SqlStatement statement) throws SQLException {
        return in.createQuery(statement.jdbc(), true, true).query.getSubqueries() != null;
    }

    /** A result that is not the last is read to its end all the same: only so does the whole statement run. */
    private byte[] execute(PreparedStatement prepared, boolean last) throws SQLException, SqlFailedException {
        if (!prepared.execute()) {
            return last ? RowsWriter.affected(Math.max(prepared.getLargeUpdateCount(), 0)) : new byte[0];
        }
        try (ResultSet rows = prepared.getResultSet()) {
            if (last) {
                return new RowsWriter(call.maxRows(), call.maxOutputBytes()).write(rows);
            }
            while (rows.next()) {
                throwIfStopped();
            }
            return new byte[0];
        }
    }

    /** The driver keeps every notice of a statement, which may raise millions: so they are taken from it all the time. */
    private void drain(Statement statement) {
        try {
            SQLWarning first = statement.getWarnings();
            statement.clearWarnings();
            for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
                notices.add(String.valueOf(warning.getMessage()));
            }
        } catch (SQLException e) {
            LOG.debugf("a statement was closed before its notices were read: %s", e.getMessage());
        }
    }

    private static boolean rollBack(PgConnection in) {
        try {
            in.rollback();
            return true;
        } catch (SQLException e) {
            return false;
        }
    }

    private void throwIfStopped() throws SqlFailedException {
        Optional<SqlFailedException> stop = stopFailure();
        if (stop.isPresent()) {
            throw stop.get();
        }
    }

    /** An error of a script that was stopped is that of being stopped. */
    private SqlFailedException failed(SQLException e, @Nullable SqlStatement statement) {
        return stopFailure().orElseGet(() -> SqlErrors.failure(source.name(), call, e, statement));
    }

    private Optional<SqlFailedException> stopFailure() {
        return switch (requireNonNull(state.get())) {
            case RUNS, OVER -> Optional.empty();
            case TIMED_OUT ->
                Optional.of(new SqlFailedException(
                        TaskErrorCode.TIMEOUT,
                        "the script ran longer than " + call.timeout().toMillis() + " ms"));
            case CANCELLED -> Optional.of(new SqlFailedException(TaskErrorCode.CANCELLED, "the task was cancelled"));
        };
    }

    private void stop(State reason) {
        if (state.compareAndSet(State.RUNS, reason)) {
            Thread.ofVirtual().name("sql-stop").start(this::endStatement);
        }
    }

    /**
     * Asks the server to cancel what runs, again and again, since the script may be between two statements, or catch
     * the first request; then ends the server process.
     */
    private void endStatement() {
        try {
            long patience = System.nanoTime() + HEEDS_WITHIN.toNanos();
            while (!ended.await(ASK_AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                PgConnection running = connection;
                if (running == null) {
                    continue;
                }
                if (System.nanoTime() > patience) {
                    source.terminate(running.getBackendPID());
                    if (!ended.await(HEEDS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                        running.abort(Runnable::run);
                    }
                    return;
                }
                running.cancelQuery();
            }
        } catch (SQLException e) {
            PgConnection running = connection;
            if (running != null) {
                abort(running);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void abort(PgConnection running) {
        try {
            running.abort(Runnable::run);
        } catch (SQLException e) {
            SqlDataSource.close(running);
        }
    }
}
