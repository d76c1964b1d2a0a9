//! Guests that are too large to be written down.

use crate::table::End;
use netbase_sandbox::sandbox::OutcomeCode::{Completed, InvalidModule, Trap};
use std::fmt::Write;

type Generated = (&'static str, fn() -> Vec<u8>, End);

pub fn guests() -> Vec<Generated> {
    vec![
        ("ten thousand exports", exports, End::Runs(Completed)),
        ("blocks nested twenty thousand deep", nested_blocks, End::Runs(Completed)),
        ("a jump table of sixty thousand targets", jump_table, End::Runs(Completed)),
        ("sixty thousand locals in a function", locals, End::Refused(InvalidModule)),
        ("a function of thirty thousand additions", long_function, End::Runs(Completed)),
        ("twenty thousand functions", functions, End::Runs(Completed)),
        ("seventeen memories", memories, End::Refused(InvalidModule)),
        ("a data segment of two gigabytes that is not there", absent_data, End::Refused(InvalidModule)),
        ("a data segment past the end of memory", misplaced_data, End::Runs(Trap)),
        ("a name of four gigabytes", endless_name, End::Refused(InvalidModule)),
        ("an import with a name of 90,000 bytes", long_import, End::Refused(InvalidModule)),
        ("a component of two hundred instances", instances, End::Refused(InvalidModule)),
        ("components nested a hundred deep", nested_components, End::Refused(InvalidModule)),
        ("an ELF executable", elf, End::Refused(InvalidModule)),
    ]
}

fn parsed(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

fn command(fields: &str) -> Vec<u8> {
    parsed(&format!(r#"(module (memory (export "memory") 1) {fields})"#))
}

fn exports() -> Vec<u8> {
    let mut fields = String::from(r#"(func $f (export "_start"))"#);
    for n in 0..10_000 {
        write!(fields, r#"(export "f{n}" (func $f))"#).unwrap();
    }
    command(&fields)
}

/// Written as bytes: the text parser is recursive, and this is about what comes after it.
fn nested_blocks() -> Vec<u8> {
    const DEPTH: usize = 20_000;
    let mut body = vec![0];
    for _ in 0..DEPTH {
        body.extend([0x02, 0x40]);
    }
    body.extend(std::iter::repeat_n(0x0b, DEPTH + 1));
    with_body(&body)
}

fn with_body(body: &[u8]) -> Vec<u8> {
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    section(&mut module, 1, &[1, 0x60, 0, 0]);
    section(&mut module, 3, &[1, 0]);
    section(&mut module, 7, b"\x01\x06_start\0\0");
    let mut code = vec![1];
    leb(&mut code, body.len());
    code.extend(body);
    section(&mut module, 10, &code);
    module
}

fn section(module: &mut Vec<u8>, id: u8, content: &[u8]) {
    module.push(id);
    leb(module, content.len());
    module.extend(content);
}

fn leb(bytes: &mut Vec<u8>, mut value: usize) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn jump_table() -> Vec<u8> {
    const TARGETS: usize = 60_000;
    let mut body = vec![0, 0x02, 0x40, 0x41, 0x07, 0x0e];
    leb(&mut body, TARGETS);
    body.extend(std::iter::repeat_n(0, TARGETS + 1));
    body.extend([0x0b, 0x0b]);
    with_body(&body)
}

fn locals() -> Vec<u8> {
    let mut body = vec![1];
    leb(&mut body, 60_000);
    body.extend([0x7e, 0x0b]);
    with_body(&body)
}

fn long_function() -> Vec<u8> {
    let additions = "local.get 0 i64.const 7 i64.add local.set 0 ".repeat(30_000);
    command(&format!(r#"(func (export "_start") (local i64) {additions})"#))
}

fn functions() -> Vec<u8> {
    command(&format!(r#"(func (export "_start")) {}"#, "(func (param i32) (result i32) local.get 0)".repeat(20_000)))
}

fn memories() -> Vec<u8> {
    parsed(&format!(r#"(module {} (func (export "_start")))"#, "(memory 1)".repeat(17)))
}

fn absent_data() -> Vec<u8> {
    let mut module = command(r#"(func (export "_start"))"#);
    let mut data = vec![1, 0, 0x41, 0, 0x0b];
    leb(&mut data, 2 << 30);
    module.push(11);
    leb(&mut module, data.len() + (2 << 30));
    module.extend(data);
    module
}

fn misplaced_data() -> Vec<u8> {
    command(r#"(data (i32.const 65530) "past the end") (func (export "_start"))"#)
}

fn endless_name() -> Vec<u8> {
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    section(&mut module, 7, &[1, 0xff, 0xff, 0xff, 0xff, 0x0f, b'x']);
    module
}

fn long_import() -> Vec<u8> {
    parsed(&format!(r#"(module (import "env" "{}" (func)) (func (export "_start")))"#, "x".repeat(90_000)))
}

fn instances() -> Vec<u8> {
    let run = r#"(core module $run (func (export "run") (result i32) (i32.const 0))) (core instance $guest (instantiate $run))"#;
    parsed(&format!(
        r#"(component {run} {}
        (func $run (result (result)) (canon lift (core func $guest "run")))
        (instance $cli (export "run" (func $run)))
        (export "wasi:cli/run@0.2.0" (instance $cli)))"#,
        "(core instance (instantiate $run))".repeat(200)
    ))
}

fn nested_components() -> Vec<u8> {
    const DEPTH: usize = 150;
    let mut component = b"\0asm\x0d\0\x01\0".to_vec();
    for _ in 0..DEPTH {
        let mut outer = b"\0asm\x0d\0\x01\0".to_vec();
        section(&mut outer, 4, &component);
        component = outer;
    }
    component
}

fn elf() -> Vec<u8> {
    std::fs::read(std::env::current_exe().unwrap()).unwrap()[..65_536].to_vec()
}
