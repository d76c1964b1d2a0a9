//! What the operator sets once per process.

/// Bounds of the whole sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SandboxConfig {
    /// Guests that may exist at once; more are queued. Address space is reserved for each, memory is not.
    pub slots: u32,
    /// Threads that run guests.
    pub threads: usize,
    /// Modules compiled at once.
    pub compilations: usize,
    /// Highest memory limit of any task, in bytes; a task's own limit is clamped to it.
    pub max_memory_bytes: u64,
    /// Highest limit of table elements of any task.
    pub max_table_elements: u64,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self {
            slots: 1_000,
            threads: std::thread::available_parallelism().map_or(2, usize::from),
            compilations: 1,
            max_memory_bytes: 1 << 30,
            max_table_elements: 100_000,
        }
    }
}

/// Limits of one execution, from `config.limits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskLimits {
    pub fuel: u64,
    /// All linear memories together.
    pub memory_bytes: u64,
    /// Wall clock from instantiation on, time in host calls included.
    pub timeout_ms: u64,
    pub output_bytes: u64,
    pub input_bytes: u64,
    /// Everything in the workspace, inputs included.
    pub workspace_bytes: u64,
    /// Files, folders and links in the workspace, inputs included.
    pub workspace_files: u64,
    /// How much of stderr's tail is kept.
    pub stderr_bytes: u64,
    /// All tables together.
    pub table_elements: u64,
}

impl Default for TaskLimits {
    fn default() -> Self {
        Self {
            fuel: 10_000_000_000,
            memory_bytes: 64 << 20,
            timeout_ms: 30_000,
            output_bytes: 1 << 20,
            input_bytes: 16 << 20,
            workspace_bytes: 256 << 20,
            workspace_files: 10_000,
            stderr_bytes: 64 << 10,
            table_elements: 100_000,
        }
    }
}
