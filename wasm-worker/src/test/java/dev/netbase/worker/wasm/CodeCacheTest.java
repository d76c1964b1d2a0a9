package dev.netbase.worker.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.wasm.CodeCache.Code;
import dev.netbase.worker.wasm.CodeCache.Refusal;
import org.junit.jupiter.api.Test;

class CodeCacheTest {
    private final CodeCache cache = new CodeCache(10_000);

    private static Code code(long handle, long bytes) {
        return new Code(handle, bytes, false);
    }

    @Test
    void shouldLetGoOfWhatWasNotUsedForLongest() {
        cache.put("a", code(1, 4000));
        cache.put("b", code(2, 4000));
        cache.get("a");

        assertThat(cache.put("c", code(3, 4000))).containsExactly(code(2, 4000));

        assertThat(cache.get("a")).isPresent();
        assertThat(cache.get("b")).isEmpty();
        assertThat(cache.bytes()).isEqualTo(8000);
    }

    @Test
    void shouldKeepTheNewestEvenIfItIsLargerThanTheCache() {
        cache.put("a", code(1, 4000));

        assertThat(cache.put("b", code(2, 20_000))).containsExactly(code(1, 4000));

        assertThat(cache.get("b")).contains(code(2, 20_000));
    }

    @Test
    void shouldAnswerTheCodeThatAnotherReplaces() {
        cache.put("a", code(1, 4000));

        assertThat(cache.put("a", code(2, 5000))).containsExactly(code(1, 4000));

        assertThat(cache.bytes()).isEqualTo(5000);
    }

    @Test
    void shouldRememberRefusalsButNotForEver() {
        Refusal refusal = new Refusal(new TaskRefusedException(TaskErrorCode.INVALID_MODULE, "no"));
        cache.put("a", refusal);
        cache.put("b", refusal);

        assertThat(cache.put("c", refusal)).isEmpty();

        assertThat(cache.get("a")).isEmpty();
        assertThat(cache.get("c")).contains(refusal);
    }
}
