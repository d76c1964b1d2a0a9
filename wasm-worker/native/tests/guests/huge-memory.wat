;; Starts with 3 GiB, over any cap.
(module
  (memory (export "memory") 49152)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0))
)
