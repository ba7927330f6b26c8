//! Versions of CRAM that are written.

/// A version of CRAM.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CramVersion {
    /// Which every reader of CRAM takes.
    #[default]
    V3_0,
    /// With codecs for names and of faster decoding, which htslib 1.12 and newer read by themselves.
    V3_1,
}

impl CramVersion {
    /// Major and minor number.
    pub(super) const fn numbers(self) -> [u8; 2] {
        match self {
            Self::V3_0 => [3, 0],
            Self::V3_1 => [3, 1],
        }
    }
}
