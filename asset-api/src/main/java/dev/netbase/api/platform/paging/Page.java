package dev.netbase.api.platform.paging;

import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param page 0-based
 * @param size the most items a page may have
 * @param total how many items there are in all pages
 */
public record Page<T>(List<T> items, int page, int size, long total) {
    /** A page of what was asked for. */
    public static <T> Page<T> of(List<T> items, PageRequest request, long total) {
        return new Page<>(items, request.page(), request.size(), total);
    }

    /** The same page of other items. */
    public <R> Page<R> map(Function<? super T, ? extends R> mapper) {
        return new Page<>(items.stream().<R>map(mapper).toList(), page, size, total);
    }
}
