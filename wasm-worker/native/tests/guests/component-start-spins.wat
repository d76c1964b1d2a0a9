;; A component with a module inside whose start function spins.
(component
  (core module $module (func $spin (loop $again (br $again))) (start $spin))
  (core instance (instantiate $module))
  (core module $run (func (export "run") (result i32) (i32.const 0)))
  (core instance $guest (instantiate $run))
  (func $run (result (result)) (canon lift (core func $guest "run")))
  (instance $cli (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $cli)))
