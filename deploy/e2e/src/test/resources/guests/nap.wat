;; Honest but slow: sleeps for as many milliseconds as its input says in decimal digits, and answers the input.
(module
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 3)
  (func $millis (param $length i32) (result i64)
    (local $i i32) (local $millis i64)
    (block $end
      (loop $again
        (br_if $end (i32.ge_u (local.get $i) (local.get $length)))
        (local.set $millis
          (i64.add
            (i64.mul (local.get $millis) (i64.const 10))
            (i64.extend_i32_u (i32.sub (i32.load8_u (i32.add (i32.const 1024) (local.get $i))) (i32.const 48)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $again)))
    (local.get $millis))
  ;; One subscription at 131072: a relative timer of the monotonic clock.
  (func $sleep (param $millis i64)
    (i32.store8 (i32.const 131080) (i32.const 0))
    (i32.store (i32.const 131088) (i32.const 1))
    (i64.store (i32.const 131096) (i64.mul (local.get $millis) (i64.const 1000000)))
    (drop (call $poll_oneoff (i32.const 131072) (i32.const 131328) (i32.const 1) (i32.const 131584))))
  (func (export "_start")
    (i32.store (i32.const 0) (i32.const 1024))
    (i32.store (i32.const 4) (i32.const 64))
    (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $sleep (call $millis (i32.load (i32.const 8))))
    (i32.store (i32.const 4) (i32.load (i32.const 8)))
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
