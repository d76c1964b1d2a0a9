;; Honest: a component of netbase:agent/task that answers its input.
(component
  (core module $module
    (memory (export "memory") 2)
    (global $top (mut i32) (i32.const 1024))
    ;; Never gives anything back.
    (func (export "realloc") (param i32 i32 i32) (param $size i32) (result i32)
      (global.get $top)
      (global.set $top (i32.and (i32.add (i32.add (global.get $top) (local.get $size)) (i32.const 7)) (i32.const -8))))
    ;; The result: 0 for ok, then pointer and length.
    (func (export "run") (param $pointer i32) (param $length i32) (result i32)
      (i32.store (i32.const 4) (local.get $pointer))
      (i32.store (i32.const 8) (local.get $length))
      (i32.const 0)))
  (core instance $guest (instantiate $module))
  (func $run (param "input" (list u8)) (result (result (list u8) (error string)))
    (canon lift (core func $guest "run") (memory (core memory $guest "memory")) (realloc (core func $guest "realloc"))))
  (instance $task (export "run" (func $run)))
  (export "netbase:agent/task" (instance $task)))
