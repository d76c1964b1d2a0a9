;; A component that imports what the sandbox does not give.
(component
  (import "wasi:http/types@0.2.0" (instance $http (export "get" (func))))
  (core module $module (func (export "run") (result i32) (i32.const 0)))
  (core instance $guest (instantiate $module))
  (func $run (result (result)) (canon lift (core func $guest "run")))
  (instance $cli (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $cli)))
