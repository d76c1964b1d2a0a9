package dev.netbase.model.run;

/**
 * The runs that have not ended, for statements that look for all of them. Their index has this very condition, so that only
 * these statements use it. A statement that knows the ids of its runs says {@code finished_at is null}: if that led the
 * planner to the index, it would read all unfinished runs in place of the few it wants, because the index is empty in most
 * moments in which statistics are taken.
 */
public final class UnfinishedSql {
    private UnfinishedSql() {}

    /**
     * The condition.
     *
     * @param run the name of a row of {@code workflow_runs}
     */
    public static String condition(String run) {
        return "coalesce(" + run + ".finished_at, 'infinity') = 'infinity'";
    }
}
