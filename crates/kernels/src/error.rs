use std::fmt;

/// What went wrong, with the stable code that the TypeScript side maps to an error class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KernelError {
    pub code: &'static str,
    pub message: String,
}

pub type Result<T> = std::result::Result<T, KernelError>;

impl KernelError {
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl fmt::Display for KernelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}", self.code, self.message)
    }
}

impl std::error::Error for KernelError {}

/// An input file does not hold what its format promises.
pub fn invalid(message: impl Into<String>) -> KernelError {
    KernelError::new("col.invalid", message)
}

/// Reading or writing failed.
pub fn io(path: &std::path::Path, error: &std::io::Error) -> KernelError {
    KernelError::new("kernel.io", format!("{}: {error}", path.display()))
}
