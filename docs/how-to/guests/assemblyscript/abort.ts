// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write")
declare function fdWrite(fd: i32, iovs: usize, iovsLength: i32, written: usize): i32;

const STDERR = 2;

/**
 * Called by the compiler's `throw` and `assert`: the message goes to stderr, where Netbase keeps it
 * as the task's log, and the agent traps.
 */
export function abort(message: string | null, file: string | null, line: u32, column: u32): void {
  const text = String.UTF8.encode((message ? message : "failed") + ` (${file ? file : "?"}:${line}:${column})\n`);
  const iov = heap.alloc(12);
  store<usize>(iov, changetype<usize>(text));
  store<i32>(iov, text.byteLength, 4);
  fdWrite(STDERR, iov, 1, iov + 8);
  unreachable();
}
