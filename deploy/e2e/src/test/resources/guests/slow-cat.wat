;; Honest but slow: sleeps for 150 ms without using the processor, then copies stdin to stdout.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 3)
  (func $copy (result i32)
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const 65536))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (if (i32.eqz (i32.load (i32.const 8))) (then (return (i32.const 0))))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (i32.const 1))
  ;; One subscription at 131072: a relative timer of the monotonic clock.
  (func $sleep
    (i32.store8 (i32.const 131080) (i32.const 0))
    (i32.store (i32.const 131088) (i32.const 1))
    (i64.store (i32.const 131096) (i64.const 150000000))
    (drop (call $poll_oneoff (i32.const 131072) (i32.const 131328) (i32.const 1) (i32.const 131584))))
  (func (export "_start")
    (call $sleep)
    (loop $again (br_if $again (call $copy)))))
