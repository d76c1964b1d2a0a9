//! Turns WebAssembly text into binaries: `netbase-wat FILE.wat… -o DIR`. For guests of tests and examples.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1).collect::<Vec<_>>();
    let Some(target) = arguments.iter().position(|argument| argument == "-o").filter(|at| at + 2 == arguments.len())
    else {
        eprintln!("usage: netbase-wat FILE.wat… -o DIR");
        return ExitCode::from(2);
    };
    let target = PathBuf::from(&arguments[target + 1]);
    arguments.truncate(arguments.len() - 2);
    for file in arguments {
        if let Err(error) = convert(Path::new(&file), &target) {
            eprintln!("netbase-wat: {file}: {error}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn convert(file: &Path, target: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let binary = wat::parse_file(file)?;
    let name = file.file_stem().ok_or("has no name")?;
    std::fs::create_dir_all(target)?;
    std::fs::write(target.join(name).with_extension("wasm"), binary)?;
    Ok(())
}
