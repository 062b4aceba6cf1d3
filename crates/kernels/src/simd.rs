//! Which instruction set the kernels use. Every path gives the same bits; only speed differs.

use crate::error::{KernelError, Result};
use std::sync::OnceLock;

/// A set of kernels, from the slowest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Simd {
    /// Plain Rust.
    Portable,
    /// x86-64 with AVX2.
    Avx2,
    /// x86-64 with AVX-512 F, BW, VL and VNNI.
    Avx512,
}

impl Simd {
    /// The fastest that this processor has.
    pub fn best() -> Self {
        Self::available().pop().unwrap_or(Self::Portable)
    }

    /// All that this processor has, slowest first.
    pub fn available() -> Vec<Self> {
        [Self::Portable, Self::Avx2, Self::Avx512]
            .into_iter()
            .filter(|simd| simd.is_here())
            .collect()
    }

    /// `DEEPCUTS_SIMD` (`portable`, `avx2`, `avx512`), else the best. Read once per process.
    /// An unknown name, or a set that the processor lacks, is an error.
    pub fn chosen() -> Result<Self> {
        static CHOSEN: OnceLock<Result<Simd>> = OnceLock::new();
        CHOSEN
            .get_or_init(|| Self::named(std::env::var("DEEPCUTS_SIMD").ok().as_deref()))
            .clone()
    }

    fn named(name: Option<&str>) -> Result<Self> {
        let simd = match name {
            None | Some("") => return Ok(Self::best()),
            Some("portable") => Self::Portable,
            Some("avx2") => Self::Avx2,
            Some("avx512") => Self::Avx512,
            Some(other) => {
                return Err(KernelError::new(
                    "kernel.simd",
                    format!("DEEPCUTS_SIMD is \"{other}\"; it may be portable, avx2 or avx512"),
                ));
            }
        };
        if simd.is_here() {
            Ok(simd)
        } else {
            Err(KernelError::new(
                "kernel.simd",
                format!("DEEPCUTS_SIMD asks for {simd:?}, which this processor lacks"),
            ))
        }
    }

    #[cfg(target_arch = "x86_64")]
    fn is_here(self) -> bool {
        match self {
            Self::Portable => true,
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            Self::Avx512 => {
                is_x86_feature_detected!("avx2")
                    && is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx512vnni")
            }
        }
    }

    #[cfg(not(target_arch = "x86_64"))]
    fn is_here(self) -> bool {
        self == Self::Portable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_an_unknown_or_missing_instruction_set() {
        assert_eq!(Simd::named(None), Ok(Simd::best()));
        assert_eq!(Simd::named(Some("portable")), Ok(Simd::Portable));
        assert!(Simd::named(Some("mmx")).is_err());
        for (simd, name) in [(Simd::Avx2, "avx2"), (Simd::Avx512, "avx512")] {
            assert_eq!(Simd::named(Some(name)).is_ok(), simd.is_here());
        }
    }
}
