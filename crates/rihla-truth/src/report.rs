//! The tables of a comparison. `docs/compare.md` explains every file and column.

mod accounting;
mod extended;
mod json;
mod number;
mod pr;
mod summary;
mod table;

pub use accounting::{Accounting, Fate};
pub use json::SCHEMA_VERSION;

use serde::Serialize;

use crate::tally::{Cell, Slice, Tally, subtypes};
use crate::{Filter, Kind, Subtype, Zygosity};

/// Name of the stratum that is the whole.
pub const WHOLE: &str = "*";

/// Types in the order of the tables.
const KINDS: [Kind; 2] = [Kind::Indel, Kind::Snp];
/// Genotypes of the tables.
const ZYGOSITIES: [Zygosity; 3] = [Zygosity::Het, Zygosity::HetAlt, Zygosity::HomAlt];

/// A part of the genome that is counted by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stratum {
    /// Its name; [`WHOLE`] for the whole.
    pub name: String,
    /// Bases of the reference in it.
    pub bases: u64,
    /// Those also in the confident regions.
    pub confident_bases: u64,
}

/// What was compared with what, and by what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Provenance {
    /// The command line.
    pub command: String,
    /// Version of the program.
    pub version: String,
    /// Path of the reference.
    pub reference: String,
    /// Path of the truth.
    pub truth: String,
    /// Path of the calls.
    pub query: String,
    /// Path of the confident regions; `None`: everywhere.
    pub confident: Option<String>,
    /// The files with regions.
    pub regions: Vec<RegionFile>,
}

/// A BED file and what became of its intervals: `intervals` = `unknown` + `empty` + `overlapping` + `touching` +
/// those that its regions consist of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RegionFile {
    /// Its path.
    pub path: String,
    /// The stratum; `None`: the confident regions.
    pub stratum: Option<String>,
    /// Lines with an interval.
    pub intervals: u64,
    /// Those on contigs that the reference lacks, left out.
    pub unknown: u64,
    /// Those without a base, left out.
    pub empty: u64,
    /// Those joined with one before because they share a base with it.
    pub overlapping: u64,
    /// Those joined with one before because they begin where it ends.
    pub touching: u64,
}

/// A comparison that is over: its counts, and what the tables say beside them.
#[derive(Clone, Debug)]
pub struct Report {
    /// The counts.
    pub tally: Tally,
    /// The strata by number; the first is the whole.
    pub strata: Vec<Stratum>,
    /// The inputs.
    pub provenance: Provenance,
    /// Where the records of the truth went.
    pub truth: Accounting,
    /// Where the records of the calls went.
    pub query: Accounting,
}

impl Report {
    /// Counts of a slice.
    #[must_use]
    pub fn cell(&self, slice: &Slice) -> Cell {
        self.tally.cell(slice)
    }

    /// Number of the stratum with this name.
    #[must_use]
    pub fn stratum(&self, name: &str) -> Option<usize> {
        self.strata.iter().position(|stratum| stratum.name == name)
    }

    /// Every slice of the long tables, in the order in which hap.py's are sorted: by type, subtype, stratum,
    /// filter and genotype, each by its name, `*` (all) first.
    fn slices(&self) -> Vec<Slice> {
        let mut strata: Vec<usize> = (0..self.strata.len()).collect();
        strata.sort_by_key(|&stratum| &self.strata[stratum].name);
        let mut slices = Vec::new();
        for kind in KINDS {
            for subtype in with_all(&sorted_subtypes(kind)) {
                for &stratum in &strata {
                    for filter in Filter::BOTH {
                        let zygosities = with_all(&ZYGOSITIES);
                        let slice = |zygosity| Slice { stratum, filter, kind, subtype, zygosity };
                        slices.extend(zygosities.map(slice));
                    }
                }
            }
        }
        slices
    }
}

fn sorted_subtypes(kind: Kind) -> Vec<Subtype> {
    let mut sorted = subtypes(kind).to_vec();
    sorted.sort_by_key(|subtype| subtype.label());
    sorted
}

fn with_all<T: Copy>(classes: &[T]) -> impl Iterator<Item = Option<T>> {
    std::iter::once(None).chain(classes.iter().copied().map(Some))
}

/// How many records of a count are of which class: what the ratios are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Classes {
    ti: Cell,
    tv: Cell,
    het: Cell,
    homalt: Cell,
}

impl Classes {
    fn of(tally: &Tally, slice: &Slice) -> Self {
        let subtype = |wanted: Subtype| match slice.subtype {
            Some(subtype) if subtype != wanted => Cell::default(),
            _ => tally.cell(&Slice { subtype: Some(wanted), ..*slice }),
        };
        let zygosity = |wanted: Zygosity| match slice.zygosity {
            Some(zygosity) if zygosity != wanted => Cell::default(),
            _ => tally.cell(&Slice { zygosity: Some(wanted), ..*slice }),
        };
        Self {
            ti: subtype(Subtype::Ti),
            tv: subtype(Subtype::Tv),
            het: zygosity(Zygosity::Het),
            homalt: zygosity(Zygosity::HomAlt),
        }
    }
}

#[cfg(test)]
mod tests;
