//! One module, whoever thought of it: compiled and run under small limits, and what must hold of the answer.

use crate::common::*;
use netbase_sandbox::sandbox::{Outcome, OutcomeCode, Task, TaskLimits};

const LIMITS: TaskLimits = TaskLimits {
    fuel: 200_000,
    memory_bytes: 4 << 20,
    timeout_ms: 300,
    output_bytes: 64 << 10,
    input_bytes: 16 << 20,
    workspace_bytes: 256 << 10,
    workspace_files: 20,
    stderr_bytes: 1_000,
    table_elements: 5_000,
};

/// What stands in the file beside a guest's folders.
const SECRET: &str = "not yours";

/// Tries one module; says what is wrong with what came of it, if anything is.
pub fn attempt(module: Vec<u8>) -> Result<(), String> {
    let prepared = match compile_in(sandbox(), module) {
        Ok(prepared) => prepared,
        Err(failure) if failure.code == OutcomeCode::HostError => return Err(format!("compiling: {failure}")),
        Err(_) => return Ok(()),
    };
    let folders = Folders::new();
    let outcome = run(folders.mounted(Task { limits: LIMITS, ..task(&prepared) }));
    check(&outcome)?;
    let (bytes, entries) = contents(&folders.path("workspace"));
    if bytes > LIMITS.workspace_bytes || entries > LIMITS.workspace_files + 2 {
        return Err(format!("left {bytes} bytes in {entries} entries"));
    }
    for (file, kept) in [("asset/data.txt", "read me"), ("secret", SECRET)] {
        match std::fs::read_to_string(folders.path(file)) {
            Ok(text) if text == kept => (),
            other => return Err(format!("changed {file}, which it may not: {other:?}")),
        }
    }
    Ok(())
}

fn check(outcome: &Outcome) -> Result<(), String> {
    let usage = outcome.usage;
    let words = message(outcome);
    let output = outcome.result.as_deref().unwrap_or_default();
    let wrong = [
        (outcome.code() == OutcomeCode::HostError, "the host failed"),
        (usage.fuel > LIMITS.fuel, "more fuel than there was"),
        (usage.peak_memory_bytes > LIMITS.memory_bytes, "more memory than allowed"),
        (output.len() as u64 > LIMITS.output_bytes, "a larger output"),
        (outcome.stderr.len() as u64 > LIMITS.stderr_bytes, "more of stderr"),
        (words.len() > 4096 || words.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "an unclean message"),
        (tells(output) || tells(&outcome.stderr), "told what it may not read"),
    ];
    match wrong.into_iter().find(|(wrong, _)| *wrong) {
        Some((_, what)) => Err(format!("{what}: {} {words}", outcome.code().name())),
        None => Ok(()),
    }
}

fn tells(said: &[u8]) -> bool {
    said.windows(SECRET.len()).any(|words| words == SECRET.as_bytes())
}
