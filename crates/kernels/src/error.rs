use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

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

/// The result of `run`; a panic in it, whatever it was given, becomes an error `kernel.panic`.
pub fn caught<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let why = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(KernelError::new(
            "kernel.panic",
            format!("the kernel stopped: {}", why.unwrap_or("no reason given")),
        ))
    })
}

/// An input file does not hold what its format promises.
pub fn invalid(message: impl Into<String>) -> KernelError {
    KernelError::new("col.invalid", message)
}

/// Reading or writing failed.
pub fn io(path: &std::path::Path, error: &std::io::Error) -> KernelError {
    KernelError::new("kernel.io", format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_an_error() {
        let error = caught::<()>(|| panic!("place {}", 7)).unwrap_err();
        assert_eq!(error.code, "kernel.panic");
        assert_eq!(error.message, "the kernel stopped: place 7");
        assert_eq!(caught(|| Ok(1)), Ok(1));
    }
}
