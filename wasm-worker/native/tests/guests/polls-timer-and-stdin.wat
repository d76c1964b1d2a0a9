;; Waits for an hour or for stdin, whichever comes first; answers the number of events and the type of the first.
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  (func (export "_start")
    ;; At 128 a timer of the monotonic clock, at 176 a read of descriptor 0.
    (i32.store (i32.const 144) (i32.const 1))
    (i64.store (i32.const 152) (i64.const 3600000000000))
    (i32.store8 (i32.const 184) (i32.const 1))
    (drop (call $poll (i32.const 128) (i32.const 1024) (i32.const 2) (i32.const 512)))
    (i32.store8 (i32.const 513) (i32.load8_u (i32.const 1034)))
    (i32.store (i32.const 0) (i32.const 512))
    (i32.store (i32.const 4) (i32.const 2))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
