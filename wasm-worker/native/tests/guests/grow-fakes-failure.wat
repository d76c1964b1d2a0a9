;; Grows, then provokes a failed growth past 4 GiB, hoping that the first is forgotten.
(module
  (memory (export "memory") 1)
  (func (export "alloc") (param i32) (result i32) (i32.const 1024))
  (func (export "run") (param $pointer i32) (param $length i32) (result i64)
    (loop $again
      (drop (memory.grow (i32.const 100)))
      (drop (memory.grow (i32.const 65536)))
      (br $again))
    (unreachable))
)
