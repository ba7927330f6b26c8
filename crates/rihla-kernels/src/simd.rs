//! Which instruction sets this CPU has.

use std::fmt;
use std::str::FromStr;

/// A family of instructions that kernels are written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SimdLevel {
    /// Plain Rust: the definition of every kernel.
    Scalar,
    /// x86 SSE4.1: 16-byte vectors.
    Sse41,
    /// x86 AVX2: 32-byte vectors.
    Avx2,
    /// x86 AVX-512 F, BW, DQ and VL: 64-byte vectors.
    Avx512,
    /// Arm NEON: 16-byte vectors.
    Neon,
}

impl SimdLevel {
    const ALL: [Self; 5] = [Self::Scalar, Self::Sse41, Self::Avx2, Self::Avx512, Self::Neon];

    /// The levels that this CPU can run, slowest first.
    #[must_use]
    pub fn available() -> Vec<Self> {
        Self::ALL.into_iter().filter(|level| level.is_available()).collect()
    }

    /// The fastest level that this CPU can run.
    #[must_use]
    pub fn best() -> Self {
        Self::available().pop().expect("the scalar level always runs")
    }

    #[cfg(target_arch = "x86_64")]
    fn is_available(self) -> bool {
        match self {
            Self::Scalar => true,
            Self::Sse41 => is_x86_feature_detected!("sse4.1"),
            Self::Avx2 => is_x86_feature_detected!("avx2"),
            Self::Avx512 => {
                is_x86_feature_detected!("avx512f")
                    && is_x86_feature_detected!("avx512bw")
                    && is_x86_feature_detected!("avx512dq")
                    && is_x86_feature_detected!("avx512vl")
                    && is_x86_feature_detected!("avx2")
            }
            Self::Neon => false,
        }
    }

    #[cfg(target_arch = "aarch64")]
    fn is_available(self) -> bool {
        matches!(self, Self::Scalar | Self::Neon)
    }

    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    fn is_available(self) -> bool {
        self == Self::Scalar
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Scalar => "scalar",
            Self::Sse41 => "sse4.1",
            Self::Avx2 => "avx2",
            Self::Avx512 => "avx512",
            Self::Neon => "neon",
        }
    }
}

impl fmt::Display for SimdLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for SimdLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|level| level.name() == text)
            .ok_or_else(|| format!("unknown SIMD level {text:?}: use scalar, sse4.1, avx2, avx512 or neon"))
    }
}

/// The proof that this CPU can run a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Simd(SimdLevel);

impl Simd {
    /// The proof for a level; `None` where the CPU cannot run it.
    #[must_use]
    pub fn new(level: SimdLevel) -> Option<Self> {
        level.is_available().then_some(Self(level))
    }

    /// The proof for the fastest level.
    #[must_use]
    pub fn best() -> Self {
        Self(SimdLevel::best())
    }

    /// The level.
    #[must_use]
    pub fn level(self) -> SimdLevel {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for level in SimdLevel::ALL {
            assert_eq!(level.to_string().parse(), Ok(level));
        }
        assert!("sse9".parse::<SimdLevel>().is_err());
    }

    #[test]
    fn scalar_is_always_there() {
        assert_eq!(SimdLevel::available()[0], SimdLevel::Scalar);
        assert!(Simd::new(SimdLevel::Scalar).is_some());
    }
}
