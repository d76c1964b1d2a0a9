;; A component that makes resources without end: their handles are in the host's memory.
(component
  (type $thing (resource (rep i32)))
  (core func $new (canon resource.new $thing))
  (core module $module
    (import "thing" "new" (func $new (param i32) (result i32)))
    (func (export "run") (result i32) (loop $again (drop (call $new (i32.const 7))) (br $again)) (i32.const 0)))
  (core instance $guest (instantiate $module (with "thing" (instance (export "new" (func $new))))))
  (func $run (result (result)) (canon lift (core func $guest "run")))
  (instance $cli (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $cli)))
