/** Files that go into a task's workspace and that it leaves: where they come from, and their names. */
@NullMarked
package dev.netbase.model.file;

import org.jspecify.annotations.NullMarked;
