//! Modules that are valid and do something random: the delivery protocol with any pointers and lengths, and commands
//! that call preview 1 with any arguments.

use crate::random::Random;
use std::fmt::Write;

/// What commands call: the names of preview 1 and their parameters, `i` for 32 bits and `I` for 64.
const CALLS: [(&str, &str); 24] = [
    ("args_get", "ii"),
    ("clock_time_get", "iIi"),
    ("fd_allocate", "iII"),
    ("fd_close", "i"),
    ("fd_fdstat_get", "ii"),
    ("fd_fdstat_set_flags", "ii"),
    ("fd_filestat_get", "ii"),
    ("fd_filestat_set_size", "iI"),
    ("fd_pread", "iiiIi"),
    ("fd_pwrite", "iiiIi"),
    ("fd_read", "iiii"),
    ("fd_readdir", "iiiIi"),
    ("fd_renumber", "ii"),
    ("fd_seek", "iIii"),
    ("fd_write", "iiii"),
    ("path_create_directory", "iii"),
    ("path_filestat_get", "iiiii"),
    ("path_link", "iiiiiii"),
    ("path_open", "iiiiiIIii"),
    ("path_rename", "iiiiii"),
    ("path_symlink", "iiiii"),
    ("path_unlink_file", "iii"),
    ("poll_oneoff", "iiii"),
    ("random_get", "ii"),
];

/// Names that lie in memory, at 64, 80, and so on.
const NAMES: [&str; 8] = ["out/a", "out/b", "out", "in", "../secret", "/etc/passwd", "out/c/../../..", "."];

/// What makes a module of bytes.
pub type Maker = fn(&[u8]) -> Vec<u8>;

/// The targets of `fuzz/`, and what each makes of the bytes it is given.
pub const TARGETS: [(&str, Maker); 3] = [
    ("command", |choices| command(&mut Random::given(choices))),
    ("delivery", |choices| delivery(&mut Random::given(choices))),
    ("module", |bytes| bytes.to_vec()),
];

/// A module of memory delivery.
pub fn delivery(random: &mut Random) -> Vec<u8> {
    let pages = random.below(40);
    let alloc = statements(random, 3, "local.get 0");
    let run = statements(random, 6, "local.get 1");
    let place = expression(random, 2, "local.get 0");
    let (pointer, length) = (expression(random, 2, "local.get 0"), expression(random, 2, "local.get 1"));
    parsed(&format!(
        r#"(module (memory (export "memory") {pages})
        (func (export "alloc") (param i32) (result i32) {alloc} {place})
        (func (export "run") (param i32 i32) (result i64) {run}
            (i64.or (i64.shl (i64.extend_i32_u {pointer}) (i64.const 32)) (i64.extend_i32_u {length}))))"#
    ))
}

/// A command that makes some calls.
pub fn command(random: &mut Random) -> Vec<u8> {
    let mut imports = String::new();
    let mut body = String::new();
    for (index, (name, parameters)) in CALLS.iter().enumerate() {
        let types = parameters.chars().map(ty).collect::<Vec<_>>().join(" ");
        write!(imports, r#"(import "wasi_snapshot_preview1" "{name}" (func $f{index} (param {types}) (result i32)))"#)
            .unwrap();
    }
    for _ in 0..=random.below(12) {
        body.push_str(&statements(random, 2, "local.get $x"));
        let index = random.below(CALLS.len());
        let arguments = CALLS[index].1.chars().map(|letter| argument(random, letter)).collect::<String>();
        write!(body, "(local.set $x (call $f{index} {arguments}))").unwrap();
    }
    let data = NAMES.iter().enumerate().map(|(at, name)| format!(r#"(data (i32.const {}) "{name}")"#, 64 + 16 * at));
    let data = data.collect::<String>();
    parsed(&format!(
        r#"(module {imports} (memory (export "memory") 2) {data}
        (func (export "_start") (local $x i32) {body}))"#
    ))
}

fn ty(letter: char) -> &'static str {
    if letter == 'I' { "i64" } else { "i32" }
}

/// Something that may be a descriptor, a pointer, a length or a flag.
fn argument(random: &mut Random, letter: char) -> String {
    if letter == 'I' {
        return match random.below(2) {
            0 => "(i64.const -1)".to_owned(),
            _ => format!("(i64.const {})", random.number().cast_signed()),
        };
    }
    match random.below(5) {
        0 => format!("(i32.const {})", random.below(8)),
        1 => format!("(i32.const {})", 64 + 16 * random.below(NAMES.len())),
        2 => format!("(i32.const {})", 1024 * random.below(4)),
        3 => format!("(i32.const {})", random.below(16)),
        _ => format!("(i32.const {})", random.number() as i32),
    }
}

/// An expression of 32 bits.
fn expression(random: &mut Random, depth: usize, variable: &str) -> String {
    const OPERATORS: [&str; 8] = ["add", "sub", "mul", "and", "shl", "rotl", "div_u", "rem_s"];
    if depth == 0 {
        return match random.below(2) {
            0 => format!("({variable})"),
            _ => format!("(i32.const {})", random.number() as i32),
        };
    }
    let operand = |random: &mut Random| expression(random, depth - 1, variable);
    match random.below(6) {
        0 | 1 => expression(random, 0, variable),
        2 => format!("(i32.load {})", operand(random)),
        3 => format!("(memory.grow {})", operand(random)),
        4 => format!("(i32.trunc_f64_s (f64.convert_i32_u {}))", operand(random)),
        _ => {
            let operator = OPERATORS[random.below(OPERATORS.len())];
            format!("(i32.{operator} {} {})", operand(random), operand(random))
        }
    }
}

fn statements(random: &mut Random, most: usize, variable: &str) -> String {
    let mut text = String::new();
    for _ in 0..random.below(most + 1) {
        let (a, b) = (expression(random, 2, variable), expression(random, 1, variable));
        let statement = match random.below(5) {
            0 => format!("(i32.store {a} {b})"),
            1 => format!("(i32.store8 offset=1024 {a} {b})"),
            2 => format!("(memory.fill {a} {b} (i32.const 100))"),
            3 => format!("(drop {a})"),
            _ => format!("(if {a} (then (drop {b})))"),
        };
        text.push_str(&statement);
    }
    text
}

fn parsed(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}
