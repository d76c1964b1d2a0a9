/** What the worker's tests stand on: rows of runs and tasks, an executor that does as told, a worker put together. */
@NullMarked
package dev.netbase.worker.testing;

import org.jspecify.annotations.NullMarked;
