;; A component of four modules with 300 pages each: 75 MiB together.
(component
  (core module $module (memory (export "memory") 300))
  (core instance $one (instantiate $module))
  (core instance $two (instantiate $module))
  (core instance $three (instantiate $module))
  (core instance $four (instantiate $module))
  (core module $run (func (export "run") (result i32) (i32.const 0)))
  (core instance $guest (instantiate $run))
  (func $run (result (result)) (canon lift (core func $guest "run")))
  (instance $cli (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $cli)))
