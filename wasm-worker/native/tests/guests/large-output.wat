;; Answers with all of its 2 MiB memory.
(module
  (memory (export "memory") 32)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (i64.const 0x200000))
)
