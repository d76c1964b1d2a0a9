/** The worker as a process: what it is configured with, its threads from start to drain, its health. */
@NullMarked
package dev.netbase.worker.platform;

import org.jspecify.annotations.NullMarked;
