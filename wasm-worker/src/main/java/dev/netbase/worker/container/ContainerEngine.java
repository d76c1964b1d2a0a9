package dev.netbase.worker.container;

/** Something that runs containers. */
public interface ContainerEngine extends AutoCloseable {
    /** The label that says which worker a container belongs to, by the folder of its workspaces. */
    String OWNER_LABEL = "netbase.workspaces";

    /** A run, not yet begun. */
    ContainerRun prepare(ContainerTask task);

    /**
     * Removes containers that an earlier process of this worker left: to be called before the first run. Blocks.
     *
     * @param owner the value of {@link #OWNER_LABEL}
     * @return how many there were
     * @throws ContainerFailedException with HOST_ERROR if the engine does not answer
     */
    int sweep(String owner) throws ContainerFailedException;

    @Override
    void close();
}
