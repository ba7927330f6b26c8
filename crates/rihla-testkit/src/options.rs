//! What a simulation is asked for.

use std::sync::Arc;

use crate::TestkitError;
use crate::diploid::VariantOptions;
use crate::gc::GcBias;
use crate::lengths::FragmentLengths;
use crate::profile::ReadProfile;

/// Seed of everything.
pub const SEED: u64 = 42;
/// Mean depth of the reads, duplicates included.
pub const DEPTH: f64 = 30.0;
/// Length of a read in bases.
pub const READ_LENGTH: u16 = 150;
/// Mean length of a fragment in bases.
pub const INSERT_MEAN: f64 = 400.0;
/// Standard deviation of the fragments' length.
pub const INSERT_SD: f64 = 80.0;
/// Share of the pairs that are duplicates.
pub const DUPLICATES: f64 = 0.05;
/// Share of the duplicates that are optical.
pub const OPTICAL: f64 = 0.2;

/// Options of a [`crate::Simulation`].
#[derive(Clone, Debug, PartialEq)]
pub struct SimulateOptions {
    /// The one number that fixes everything that the other options leave open.
    pub seed: u64,
    /// Mean depth of the reads, duplicates included, over known bases.
    pub depth: f64,
    /// Length of a read in bases.
    pub read_length: u16,
    /// Lengths of the fragments.
    pub fragments: FragmentLengths,
    /// How coverage depends on the fragments' share of G and C.
    pub gc: GcBias,
    /// Share of the pairs that are copies of another pair.
    pub duplicates: f64,
    /// Share of the duplicates that lie within 40 pixels of the original on the flow cell.
    pub optical: f64,
    /// Look of the reads: qualities and errors.
    pub profile: Arc<ReadProfile>,
    /// Share of the places, on each strand, where reads err for the bases before.
    pub systematic_errors: f64,
    /// The sample's variants.
    pub variants: VariantOptions,
}

impl Default for SimulateOptions {
    fn default() -> Self {
        Self {
            seed: SEED,
            depth: DEPTH,
            read_length: READ_LENGTH,
            fragments: FragmentLengths::normal(INSERT_MEAN, INSERT_SD),
            gc: GcBias::flat(),
            duplicates: DUPLICATES,
            optical: OPTICAL,
            profile: Arc::new(ReadProfile::default()),
            systematic_errors: 0.0,
            variants: VariantOptions::default(),
        }
    }
}

impl SimulateOptions {
    /// Checks every range.
    ///
    /// # Errors
    /// [`TestkitError::Option`] for the first option out of its range.
    pub fn validate(&self) -> Result<(), TestkitError> {
        within("depth", self.depth, 0.0..=10_000.0, "from 0 to 10000")?;
        within("read length", f64::from(self.read_length), 20.0..=1000.0, "from 20 to 1000 bases")?;
        self.fragments.validate()?;
        within("share of duplicates", self.duplicates, 0.0..=0.9, "from 0 to 0.9")?;
        within("share of optical duplicates", self.optical, 0.0..=1.0, "from 0 to 1")?;
        within("share of places of systematic errors", self.systematic_errors, 0.0..=0.1, "from 0 to 0.1")?;
        self.profile.validate()?;
        self.variants.validate()
    }

    /// The longest fragment that is made, in bases.
    pub(crate) fn longest_fragment(&self) -> u32 {
        self.fragments.longest()
    }
}

/// Refuses a value out of its range (NaN too).
pub(crate) fn within(
    option: &'static str,
    value: f64,
    range: std::ops::RangeInclusive<f64>,
    expected: &'static str,
) -> Result<(), TestkitError> {
    if range.contains(&value) {
        return Ok(());
    }
    Err(TestkitError::Option { option, value: value.to_string(), expected })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_checked() {
        assert_eq!(SimulateOptions::default().validate(), Ok(()));
        let bad = SimulateOptions { depth: f64::NAN, ..SimulateOptions::default() };
        assert!(bad.validate().is_err());
        let bad = SimulateOptions { read_length: 5, ..SimulateOptions::default() };
        let text = bad.validate().expect_err("out of range").to_string();
        assert_eq!(text, "read length is 5, but must be from 20 to 1000 bases");
    }
}
