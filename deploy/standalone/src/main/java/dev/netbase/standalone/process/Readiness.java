package dev.netbase.standalone.process;

/** Asks a running process whether it can do its work. */
@FunctionalInterface
public interface Readiness {
    /**
     * Asks once, within a second or so.
     *
     * @throws Exception if the process cannot be asked, which means not yet ready
     */
    boolean isReady() throws Exception;
}
