;; Creates folders until it is stopped.
(module
  (import "wasi_snapshot_preview1" "path_create_directory" (func $path_create_directory (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 2)
  (func $ok (param i32) (if (local.get 0) (then (call $proc_exit (local.get 0)))))
  ;; Turns the counter into eight letters at 512.
  (func $name (param $n i32)
    (local $i i32)
    (loop $again
      (i32.store8 (i32.add (i32.const 512) (local.get $i))
        (i32.add (i32.const 97) (i32.and (i32.shr_u (local.get $n) (i32.mul (local.get $i) (i32.const 4))) (i32.const 15))))
      (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 8)))))
  (func (export "_start")
    (local $n i32)
    (loop $again
      (call $name (local.get $n))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (call $ok (call $path_create_directory (i32.const 3) (i32.const 512) (i32.const 8)))
      (br $again))))
