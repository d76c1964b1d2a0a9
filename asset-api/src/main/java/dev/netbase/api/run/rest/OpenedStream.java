package dev.netbase.api.run.rest;

import dev.netbase.api.run.application.RunEvents.Followed;
import jakarta.enterprise.context.RequestScoped;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What {@link FollowFilter} opened for the current request. */
@RequestScoped
public class OpenedStream {
    private @Nullable Followed followed;

    void set(Followed opened) {
        followed = opened;
    }

    Followed get() {
        return Objects.requireNonNull(followed);
    }
}
