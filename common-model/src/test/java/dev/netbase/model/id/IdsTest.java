package dev.netbase.model.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class IdsTest {
    @Test
    void shouldSortByTime() {
        var ids = LongStream.iterate(1_700_000_000_000L, time -> time < 4_000_000_000_000L, time -> time + 977_777_777L)
                .mapToObj(Ids::timeOrdered)
                .toList();

        assertThat(ids).isSorted();
        assertThat(ids).allMatch(id -> id.matches("[A-Za-z0-9_][A-Za-z0-9_-]{20}"));
    }

    @Test
    void shouldMakePackageIdsOfTwelveCharacters() {
        assertThat(Ids.packageId()).matches("[A-Za-z0-9][A-Za-z0-9_-]{11}");
    }
}
