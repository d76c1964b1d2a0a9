;; A component with two modules that each grow a table, which together is over the limit.
(component
  (core module $module
    (table $table 0 funcref)
    (func $grow
      (if (i32.lt_s (table.grow $table (ref.null func) (i32.const 60000)) (i32.const 0)) (then (unreachable))))
    (start $grow))
  (core instance (instantiate $module))
  (core instance (instantiate $module))
  (core module $run (func (export "run") (result i32) (i32.const 0)))
  (core instance $guest (instantiate $run))
  (func $run (result (result)) (canon lift (core func $guest "run")))
  (instance $cli (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $cli)))
