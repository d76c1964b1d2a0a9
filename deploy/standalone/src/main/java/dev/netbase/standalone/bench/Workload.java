package dev.netbase.standalone.bench;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What is measured. Its guests answer their input, so that what takes time is Netbase.
 *
 * @param runs started at once
 * @param tasks of each run
 * @param rounds how often, one after the other; figures are medians over them
 */
record Workload(String name, String definition, int runs, int tasks, int rounds) {
    private static final int FAN = 1_000;
    private static final int CHAIN = 10;
    private static final int LONG_CHAIN = 50;

    /** 1 start, 1,000 parallel, 1 join. */
    static Workload fanOut() {
        String items = IntStream.range(0, FAN).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));
        return new Workload("W1", """
                {"nodes":[{"key":"start","agent":"bench-echo","inputs":1},
                          {"key":"each","agent":"bench-echo","depends_on":["start"],"for_each":%s,"inputs":"${item}"},
                          {"key":"join","agent":"bench-echo","depends_on":["each"],"inputs":"${nodes.each.output}"}]}""".formatted(items), 1, FAN + 2, 5);
    }

    /** 200 runs of 10 in a chain, all at once. */
    static Workload manyChains() {
        return new Workload("W2", chain(CHAIN), 200, CHAIN, 5);
    }

    /** One chain of 50 on an idle system. */
    static Workload oneChain() {
        return new Workload("W3", chain(LONG_CHAIN), 1, LONG_CHAIN, 5);
    }

    /** The same under another name. */
    Workload named(String other) {
        return new Workload(other, definition, runs, tasks, rounds);
    }

    /** The same, measured more or less often. */
    Workload of(int otherRounds) {
        return new Workload(name, definition, runs, tasks, otherRounds);
    }

    private static String chain(int length) {
        return IntStream.range(0, length)
                .mapToObj(i -> i == 0
                        ? "{\"key\":\"n0\",\"agent\":\"bench-echo\",\"inputs\":1}"
                        : "{\"key\":\"n%d\",\"agent\":\"bench-echo\",\"depends_on\":[\"n%d\"],\"inputs\":\"${nodes.n%d.output}\"}"
                                .formatted(i, i - 1, i - 1))
                .collect(Collectors.joining(",", "{\"nodes\":[", "]}"));
    }
}
