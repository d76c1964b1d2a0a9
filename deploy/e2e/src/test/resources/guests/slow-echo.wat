;; Honest but slow, and of kind 1: sleeps for 60 ms without using the processor, then answers its input.
(module
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 3)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  ;; One subscription at 131072: a relative timer of the monotonic clock.
  (func $sleep
    (i32.store8 (i32.const 131080) (i32.const 0))
    (i32.store (i32.const 131088) (i32.const 1))
    (i64.store (i32.const 131096) (i64.const 60000000))
    (drop (call $poll_oneoff (i32.const 131072) (i32.const 131328) (i32.const 1) (i32.const 131584))))
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (call $sleep)
    (i64.or (i64.shl (i64.extend_i32_u (local.get $pointer)) (i64.const 32))
            (i64.extend_i32_u (local.get $length)))))
