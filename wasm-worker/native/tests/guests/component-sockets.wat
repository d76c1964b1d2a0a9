;; A component that makes a TCP socket: exits with 0 only if that is denied.
(component
  (import "wasi:sockets/network@0.2.0" (instance $network
    (type $error-code (enum "unknown" "access-denied" "not-supported" "invalid-argument" "out-of-memory" "timeout"
      "concurrency-conflict" "not-in-progress" "would-block" "invalid-state" "new-socket-limit"
      "address-not-bindable" "address-in-use" "remote-unreachable" "connection-refused" "connection-reset"
      "connection-aborted" "datagram-too-large" "name-unresolvable" "temporary-resolver-failure"
      "permanent-resolver-failure"))
    (export "error-code" (type (eq $error-code)))
    (type $family (enum "ipv4" "ipv6"))
    (export "ip-address-family" (type (eq $family)))))
  (alias export $network "error-code" (type $error-code))
  (alias export $network "ip-address-family" (type $family))
  (import "wasi:sockets/tcp@0.2.0" (instance $tcp (export "tcp-socket" (type (sub resource)))))
  (alias export $tcp "tcp-socket" (type $socket))
  (import "wasi:sockets/tcp-create-socket@0.2.0" (instance $create
    (alias outer 1 $error-code (type $error-code))
    (export "error-code" (type $code (eq $error-code)))
    (alias outer 1 $family (type $family))
    (export "ip-address-family" (type $version (eq $family)))
    (alias outer 1 $socket (type $socket))
    (export "tcp-socket" (type $tcp (eq $socket)))
    (export "create-tcp-socket"
      (func (param "address-family" $version) (result (result (own $tcp) (error $code)))))))
  (core module $memory (memory (export "memory") 2))
  (core instance $memory (instantiate $memory))
  (core func $create (canon lower (func $create "create-tcp-socket") (memory (core memory $memory "memory"))))
  (core module $module
    (import "memory" "memory" (memory 2))
    (import "tcp" "create" (func $create (param i32 i32)))
    ;; ok is 0, and access-denied is 1.
    (func (export "run") (result i32)
      (call $create (i32.const 0) (i32.const 16))
      (i32.eqz (i32.and
        (i32.eq (i32.load8_u (i32.const 16)) (i32.const 1))
        (i32.eq (i32.load8_u (i32.const 20)) (i32.const 1))))))
  (core instance $guest (instantiate $module
    (with "memory" (instance $memory))
    (with "tcp" (instance (export "create" (func $create))))))
  (func $run (result (result)) (canon lift (core func $guest "run")))
  (instance $cli (export "run" (func $run)))
  (export "wasi:cli/run@0.2.0" (instance $cli)))
