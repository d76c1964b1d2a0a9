package dev.netbase.scheduler.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.scheduler.admission.AdmissionChoice.ActiveRuns;
import dev.netbase.scheduler.admission.AdmissionChoice.Candidate;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class AdmissionChoiceTest {
    private static final int ANY = Integer.MAX_VALUE;

    private static Candidate of(String id, long workflow, long owner, int max) {
        return new Candidate(id, workflow, owner, max);
    }

    private static ActiveRuns active(long workflow, long owner, int runs) {
        ActiveRuns active = new ActiveRuns();
        active.add(workflow, owner, runs);
        return active;
    }

    @Test
    void shouldStartTheFirstWhileThereIsRoom() {
        AdmissionChoice choice = new AdmissionChoice(5, OptionalInt.empty());

        assertThat(choice.choose(active(1, 1, 3), List.of(of("a", 1, 1, ANY), of("b", 2, 1, ANY), of("c", 3, 1, ANY))))
                .containsExactly("a", "b");
        assertThat(choice.choose(active(1, 1, 5), List.of(of("a", 1, 1, ANY)))).isEmpty();
        assertThat(choice.choose(active(1, 1, 9), List.of(of("a", 1, 1, ANY)))).isEmpty();
    }

    @Test
    void shouldHoldUpNoneBehindOneWhoseWorkflowIsFull() {
        AdmissionChoice choice = new AdmissionChoice(100, OptionalInt.empty());

        assertThat(choice.choose(
                        active(1, 1, 1),
                        List.of(of("a", 1, 1, 2), of("b", 1, 1, 2), of("c", 2, 1, ANY), of("d", 1, 1, 2))))
                .containsExactly("a", "c");
    }

    @Test
    void shouldBoundAnOwnersRunsAcrossWorkflows() {
        AdmissionChoice choice = new AdmissionChoice(100, OptionalInt.of(2));

        assertThat(choice.choose(active(1, 1, 1), List.of(of("a", 2, 1, ANY), of("b", 3, 1, ANY), of("c", 3, 2, ANY))))
                .containsExactly("a", "c");
    }
}
