;; Four memories of 19 MiB: each is under a limit of 64 MiB, together they are not.
(module
  (memory (export "memory") 300)
  (memory 300)
  (memory 300)
  (memory 300)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0))
)
