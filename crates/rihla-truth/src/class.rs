//! What tables count: the classes of a compared record, in the vocabulary of GA4GH's benchmarking tools
//! (Krusche et al., Nature Biotechnology 37:555, 2019) and of hap.py.

/// Which of the two files a record is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The truth set.
    Truth,
    /// The calls that are judged.
    Query,
}

/// Which query records are compared; each way is a comparison of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Filter {
    /// Every record.
    All,
    /// Records whose FILTER is `PASS` or `.`.
    Pass,
}

impl Filter {
    /// Both, in the order of [`Call::outcome`].
    pub const BOTH: [Self; 2] = [Self::All, Self::Pass];

    /// As in the tables: `ALL`, `PASS`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Pass => "PASS",
        }
    }
}

/// Type of a record (BVT).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Every called allele keeps the length: SNVs and MNVs.
    Snp,
    /// All others.
    Indel,
}

impl Kind {
    /// As in the tables: `SNP`, `INDEL`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Snp => "SNP",
            Self::Indel => "INDEL",
        }
    }
}

/// Finer type of a record. An MNV of transitions alone is `ti`. Of an indel record with two called alleles
/// the one whose length changes more counts (of equals the one of lower number); *complex* ones neither
/// only add nor only remove bases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs, reason = "the label says it")]
pub enum Subtype {
    Ti,
    Tv,
    I1To5,
    I6To15,
    I16Plus,
    D1To5,
    D6To15,
    D16Plus,
    C1To5,
    C6To15,
    C16Plus,
}

impl Subtype {
    /// hap.py's name: `ti`, `tv`; `I1_5`: insertion of 1 to 5 bases, `D` deletion, `C` complex.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ti => "ti",
            Self::Tv => "tv",
            Self::I1To5 => "I1_5",
            Self::I6To15 => "I6_15",
            Self::I16Plus => "I16_PLUS",
            Self::D1To5 => "D1_5",
            Self::D6To15 => "D6_15",
            Self::D16Plus => "D16_PLUS",
            Self::C1To5 => "C1_5",
            Self::C6To15 => "C6_15",
            Self::C16Plus => "C16_PLUS",
        }
    }
}

/// What the genotype carries (BLT).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Zygosity {
    /// One copy has an ALT allele, the other REF or none that is known.
    Het,
    /// Both copies have the same ALT allele.
    HomAlt,
    /// Both copies have ALT alleles, and different ones.
    HetAlt,
    /// The one copy of a haploid genotype has an ALT allele; hap.py counts it as `homalt`.
    Hemi,
}

impl Zygosity {
    /// As in BLT: `het`, `homalt`, `hetalt`; a haploid genotype is `homalt`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Het => "het",
            Self::HomAlt | Self::Hemi => "homalt",
            Self::HetAlt => "hetalt",
        }
    }
}

/// What became of a record (BD).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Decision {
    /// In the largest subsets of both sides that spell the same haplotypes.
    TruePositive,
    /// A call without a partner.
    FalsePositive,
    /// A true variant without a partner.
    FalseNegative,
    /// Not inside the confident regions; counted as such, judged not.
    Unknown,
    /// Filtered, where only records that pass are compared.
    NotCompared,
}

impl Decision {
    /// As in BD: `TP`, `FP`, `FN`, `UNK`, `N`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::TruePositive => "TP",
            Self::FalsePositive => "FP",
            Self::FalseNegative => "FN",
            Self::Unknown => "UNK",
            Self::NotCompared => "N",
        }
    }
}

/// How near the other side came (BK).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MatchKind {
    /// `gm`: alleles and genotype match.
    Genotype,
    /// `am`: the other side has an unmatched variant with one of the alleles, in another genotype.
    Allele,
    /// `lm`: the other side has an unmatched variant in the same cluster, with other alleles.
    Local,
    /// `.`: there is nothing near.
    Missing,
}

impl MatchKind {
    /// As in BK.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Genotype => "gm",
            Self::Allele => "am",
            Self::Local => "lm",
            Self::Missing => ".",
        }
    }
}

/// The verdict on one record in one comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Outcome {
    /// What became of it.
    pub decision: Decision,
    /// How near the other side came.
    pub matched: MatchKind,
}

/// One compared record, as the tables count it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Call {
    /// Its file.
    pub side: Side,
    /// Its type.
    pub kind: Kind,
    /// Its finer type.
    pub subtype: Subtype,
    /// Its genotype.
    pub zygosity: Zygosity,
    /// The verdicts, by [`Filter`].
    pub outcome: [Outcome; 2],
    /// QUAL of a query record; of a true positive of the truth the lowest QUAL of the calls that it was
    /// matched with.
    pub quality: Option<f32>,
    /// GQ, likewise.
    pub genotype_quality: Option<f32>,
}
