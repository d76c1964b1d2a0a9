/** Files into and out of tasks: the workspace, what is put into it before a task runs, and what is kept of it after. */
@NullMarked
package dev.netbase.worker.group.files;

import org.jspecify.annotations.NullMarked;
