;; A component that answers an error of its own words.
(component
  (core module $module
    (memory (export "memory") 2)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (data (i32.const 64) "no such colour")
    (func (export "run") (param i32 i32) (result i32)
      (i32.store8 (i32.const 0) (i32.const 1))
      (i32.store (i32.const 4) (i32.const 64))
      (i32.store (i32.const 8) (i32.const 14))
      (i32.const 0)))
  (core instance $guest (instantiate $module))
  (func $run (param "input" (list u8)) (result (result (list u8) (error string)))
    (canon lift (core func $guest "run") (memory (core memory $guest "memory")) (realloc (core func $guest "realloc"))))
  (instance $task (export "run" (func $run)))
  (export "netbase:agent/task@1.2.3" (instance $task)))
