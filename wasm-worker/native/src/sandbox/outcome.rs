//! How a guest ended.

/// Declares the outcome codes once: the enum, its numbers and the names that Java compares with its own.
macro_rules! outcome_codes {
    ($($variant:ident = $name:literal),+ $(,)?) => {
        /// How a guest ended. The numbers cross into Java; [`OutcomeCode::NAMES`] is indexed by them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(i32)]
        pub enum OutcomeCode {
            $(#[doc = $name] $variant),+
        }

        impl OutcomeCode {
            /// Every code's public name, in the order of the numbers.
            pub const NAMES: &'static [&'static str] = &[$($name),+];

            const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    };
}

outcome_codes! {
    Completed = "COMPLETED",
    OutOfFuel = "OUT_OF_FUEL",
    OutOfMemory = "OUT_OF_MEMORY",
    Timeout = "TIMEOUT",
    Trap = "TRAP",
    StackOverflow = "STACK_OVERFLOW",
    ExitCode = "EXIT_CODE",
    OutputTooLarge = "OUTPUT_TOO_LARGE",
    InputTooLarge = "INPUT_TOO_LARGE",
    WorkspaceFull = "WORKSPACE_FULL",
    TableLimit = "TABLE_LIMIT",
    InvalidModule = "INVALID_MODULE",
    InvalidOutput = "INVALID_OUTPUT",
    Cancelled = "CANCELLED",
    HostError = "HOST_ERROR",
}

impl OutcomeCode {
    /// The number that crosses into Java.
    pub const fn number(self) -> i32 {
        self as i32
    }

    /// The code of a number; none for a number that no code has.
    pub fn from_number(number: i32) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.number() == number)
    }

    /// The public name, as in a failed task's `error.code`.
    pub const fn name(self) -> &'static str {
        Self::NAMES[self as usize]
    }
}

/// Why a guest did not complete, or why a module cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub code: OutcomeCode,
    pub message: String,
}

/// Longest message that leaves the sandbox, in bytes.
const MAX_MESSAGE_BYTES: usize = 4096;

impl Failure {
    /// Guests influence messages (names of functions and imports, stderr), so they are bounded, and control
    /// characters other than line breaks and tabs are dropped: PostgreSQL, for one, stores no NUL.
    pub fn new(code: OutcomeCode, message: impl AsRef<str>) -> Self {
        let mut text = String::new();
        for c in message.as_ref().chars() {
            if text.len() + c.len_utf8() > MAX_MESSAGE_BYTES {
                break;
            }
            if !c.is_control() || c == '\n' || c == '\t' {
                text.push(c);
            }
        }
        Self { code, message: text }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code.name(), self.message)
    }
}

impl std::error::Error for Failure {}

/// What a guest used. Reported for every outcome, zero where the guest never started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Fuel consumed; the limit itself for a guest that ran out.
    pub fuel: u64,
    /// Highest sum of all linear memories, in bytes.
    pub peak_memory_bytes: u64,
}

/// The end of one execution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The output bytes, or why there are none.
    pub result: Result<Vec<u8>, Failure>,
    /// The tail of stderr, up to its limit.
    pub stderr: Vec<u8>,
    pub usage: Usage,
}

impl Outcome {
    /// A guest that failed before it began.
    pub fn not_started(failure: Failure) -> Self {
        Self { result: Err(failure), stderr: Vec::new(), usage: Usage::default() }
    }

    pub fn code(&self) -> OutcomeCode {
        match &self.result {
            Ok(_) => OutcomeCode::Completed,
            Err(failure) => failure.code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_index_names() {
        assert_eq!(OutcomeCode::Completed.number(), 0);
        assert_eq!(OutcomeCode::from_number(3), Some(OutcomeCode::Timeout));
        assert_eq!(OutcomeCode::from_number(-1), None);
        assert_eq!(OutcomeCode::NAMES[OutcomeCode::HostError.number() as usize], "HOST_ERROR");
        assert_eq!(OutcomeCode::HostError.number() as usize, OutcomeCode::NAMES.len() - 1);
    }

    #[test]
    fn messages_are_bounded_and_free_of_control_characters() {
        let failure = Failure::new(OutcomeCode::Trap, format!("a\0b\x1b[31m\nc{}", "é".repeat(5000)));

        assert!(failure.message.starts_with("ab[31m\nc"));
        assert!(failure.message.len() <= MAX_MESSAGE_BYTES);
    }
}
