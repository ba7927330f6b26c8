//! The gates: what is judged, and what its numbers are.

use serde::{Deserialize, Serialize};

/// What a sample is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    /// Bases of the reads for each base that was to be covered.
    Yield,
    /// Share of bases of Phred 30 or more.
    Q30,
    /// Share of mapped reads.
    Mapped,
    /// Share of duplicates, of the mapped reads.
    Duplicates,
    /// Median insert size.
    InsertSize,
    /// Mean depth.
    MeanDepth,
    /// Share of bases 20 or more reads deep.
    #[serde(rename = "at_20x")]
    At20x,
    /// Share of bases of a fifth of the mean depth or more.
    Evenness,
    /// Share of reads of somebody else.
    Contamination,
    /// Sex as stated and as the reads look.
    Sex,
    /// Whether the sample is who it should be.
    Identity,
    /// Transitions by transversions.
    TiTv,
    /// Heterozygous by homozygous records.
    HetHom,
    /// Insertions by deletions.
    IndelRatio,
}

/// What the number of a gate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A share, 0 to 1.
    Share,
    /// How many times a base is covered.
    Fold,
    /// Bases.
    Bases,
    /// A quotient.
    Ratio,
    /// None: two things agree or do not.
    Match,
}

impl Gate {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 14] = [
        Self::Yield,
        Self::Q30,
        Self::Mapped,
        Self::Duplicates,
        Self::InsertSize,
        Self::MeanDepth,
        Self::At20x,
        Self::Evenness,
        Self::Contamination,
        Self::Sex,
        Self::Identity,
        Self::TiTv,
        Self::HetHom,
        Self::IndelRatio,
    ];

    /// What its number is.
    #[must_use]
    pub const fn unit(self) -> Unit {
        match self {
            Self::Q30
            | Self::Mapped
            | Self::Duplicates
            | Self::At20x
            | Self::Evenness
            | Self::Contamination => Unit::Share,
            Self::Yield | Self::MeanDepth => Unit::Fold,
            Self::InsertSize => Unit::Bases,
            Self::TiTv | Self::HetHom | Self::IndelRatio => Unit::Ratio,
            Self::Sex | Self::Identity => Unit::Match,
        }
    }

    /// Its name in TOML and JSON.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Yield => "yield",
            Self::Q30 => "q30",
            Self::Mapped => "mapped",
            Self::Duplicates => "duplicates",
            Self::InsertSize => "insert_size",
            Self::MeanDepth => "mean_depth",
            Self::At20x => "at_20x",
            Self::Evenness => "evenness",
            Self::Contamination => "contamination",
            Self::Sex => "sex",
            Self::Identity => "identity",
            Self::TiTv => "ti_tv",
            Self::HetHom => "het_hom",
            Self::IndelRatio => "indel_ratio",
        }
    }
}

/// What comes of a gate, and of all of them: the worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// There is no limit, or nothing to compare with it.
    NotChecked,
    /// Within the limits.
    Pass,
    /// Beyond a limit of WARN.
    Warn,
    /// Beyond a limit of FAIL.
    Fail,
}

impl Outcome {
    /// All of them, the worst first.
    pub const WORST_FIRST: [Self; 4] = [Self::Fail, Self::Warn, Self::Pass, Self::NotChecked];

    /// The word for it, in every language.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotChecked => "NOT CHECKED",
            Self::Pass => "PASS",
            Self::Warn => "WARN",
            Self::Fail => "FAIL",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_json() {
        for gate in Gate::ALL {
            assert_eq!(serde_json::to_value(gate).expect("text"), gate.key());
        }
    }

    #[test]
    fn the_worst_is_the_greatest() {
        assert!(Outcome::WORST_FIRST.is_sorted_by(|one, two| one > two));
    }
}
