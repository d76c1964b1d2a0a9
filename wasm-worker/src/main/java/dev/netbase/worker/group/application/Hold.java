package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.Claim;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * This worker's title to a task that it runs. One that began on a record's word has none yet: either a claim is asked
 * for while it runs, or its result is written only if the task can be claimed in the same statement.
 */
final class Hold {
    private final Claim claim;
    private final CompletableFuture<Optional<Claim>> answer = new CompletableFuture<>();
    private Stage stage = Stage.UNCLAIMED;

    private enum Stage {
        UNCLAIMED,
        CLAIMING,
        /** Claimed, refused, or left to the statement that writes the result. */
        SETTLED
    }

    private Hold(Claim claim) {
        this.claim = claim;
    }

    /** A title that the database has given. */
    static Hold of(Claim claim) {
        Hold hold = new Hold(claim);
        hold.stage = Stage.SETTLED;
        hold.answer.complete(Optional.of(claim));
        return hold;
    }

    /** None yet: what a record says of a task. */
    static Hold onWordOf(Claim hint) {
        return new Hold(hint);
    }

    /** Whether the task began, or is to begin, on a record's word. */
    boolean isOnWord() {
        return !claim.made();
    }

    /** What the task is run by. */
    Claim claim() {
        return claim;
    }

    /** Whether the claim is to be asked for now; true once at most. */
    synchronized boolean beginClaiming() {
        if (stage != Stage.UNCLAIMED) {
            return false;
        }
        stage = Stage.CLAIMING;
        return true;
    }

    /** Gives the answer to the claim: the title, or that there is none. */
    void answer(Optional<Claim> made) {
        synchronized (this) {
            stage = Stage.SETTLED;
        }
        answer.complete(made);
    }

    /** The claim that the outcome is written under, or that there is none. Called once, when the task has ended. */
    CompletionStage<Optional<Claim>> atEnd() {
        synchronized (this) {
            if (stage == Stage.UNCLAIMED) {
                stage = Stage.SETTLED;
                return CompletableFuture.completedFuture(Optional.of(claim));
            }
        }
        return answer;
    }

    /** Completes when the database has answered a claim; never, if none was asked for. */
    CompletionStage<Optional<Claim>> answered() {
        return answer;
    }
}
