package dev.netbase.api.asset.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RelativePathTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "bin/processor.wasm",
                ".hidden",
                "a/..b/c",
                "...",
                "with space/and %41.txt",
                "größe",
                "😀/x",
                "a:b",
                "-"
            })
    void shouldTakePathsInNormalForm(String path) {
        assertThat(RelativePath.problem(path)).isEmpty();
        assertThat(new RelativePath(path).value()).isEqualTo(path);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/a",
                "a/",
                "a//b",
                ".",
                "..",
                "a/.",
                "a/../b",
                "../a",
                "a\\b",
                "a\u0000",
                "a\u0007b",
                "a\u007f",
                "a\u0085b",
                "a\nb",
                "\ud83d",
                "\ude00x",
                "bad\ufffd"
            })
    void shouldRefuseAllOthers(String path) {
        assertThat(RelativePath.problem(path)).isPresent();
        assertThatThrownBy(() -> new RelativePath(path)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldBoundLengthsInBytes() {
        assertThat(RelativePath.problem("a".repeat(255))).isEmpty();
        assertThat(RelativePath.problem("a".repeat(256))).isPresent();
        assertThat(RelativePath.problem("ä".repeat(128))).isPresent();
        assertThat(RelativePath.problem("abc/".repeat(255) + "abcd")).isEmpty();
        assertThat(RelativePath.problem("abc/".repeat(255) + "abcde")).isPresent();
    }

    @Test
    void shouldKnowItsFolders() {
        assertThat(new RelativePath("a/b/c.txt").folders()).containsExactly("a", "a/b");
        assertThat(new RelativePath("c.txt").folders()).isEmpty();
    }

    @Test
    void shouldKeepPathsApartThatAFileSystemCouldConfuse() {
        PathSet paths = new PathSet();
        assertThat(paths.add(new RelativePath("dir/File"))).isEmpty();
        assertThat(paths.add(new RelativePath("dir/other"))).isEmpty();

        assertThat(paths.add(new RelativePath("dir/File"))).hasValue("occurs twice");
        assertThat(paths.add(new RelativePath("dir/file"))).isPresent();
        assertThat(paths.add(new RelativePath("Dir/third"))).isPresent();
        assertThat(paths.add(new RelativePath("dir"))).isPresent();
        assertThat(paths.add(new RelativePath("dir/File/below"))).isPresent();
        assertThat(paths.size()).isEqualTo(2);
    }
}
