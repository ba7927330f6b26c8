//! Which contigs the sexes differ in, and where.

use std::fmt;
use std::str::FromStr;

use crate::{Contig, Contigs, Interval, IntervalSet};

/// Sex of a person, as far as it shows in the chromosomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sex {
    /// Two X, no Y.
    #[default]
    Female,
    /// One X, one Y.
    Male,
}

impl fmt::Display for Sex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Female => "female",
            Self::Male => "male",
        })
    }
}

impl FromStr for Sex {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "female" => Ok(Self::Female),
            "male" => Ok(Self::Male),
            _ => Err(format!("{text} is not a sex: use female or male")),
        }
    }
}

/// The contigs whose copy number is not two, and the pseudoautosomal regions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chromosomes {
    x: Option<u32>,
    y: Option<u32>,
    mitochondrion: Option<u32>,
    par: IntervalSet,
}

/// Lengths of X and Y, and their PAR1 and PAR2 (0-based, half-open), of an assembly.
struct Assembly {
    x: (u32, [(u32, u32); 2]),
    y: (u32, [(u32, u32); 2]),
}

/// GRCh37 and GRCh38, as the Genome Reference Consortium defines the regions, and T2T-CHM13 2.0, as its authors do.
const ASSEMBLIES: [Assembly; 3] = [
    Assembly {
        x: (155_270_560, [(60_000, 2_699_520), (154_931_043, 155_260_560)]),
        y: (59_373_566, [(10_000, 2_649_520), (59_034_049, 59_363_566)]),
    },
    Assembly {
        x: (156_040_895, [(10_000, 2_781_479), (155_701_382, 156_030_895)]),
        y: (57_227_415, [(10_000, 2_781_479), (56_887_902, 57_217_415)]),
    },
    Assembly {
        x: (154_259_566, [(0, 2_394_410), (153_925_834, 154_259_566)]),
        y: (62_460_029, [(0, 2_458_320), (62_122_809, 62_460_029)]),
    },
];

/// Whether a name is that of a numbered chromosome, with or without `chr`.
#[must_use]
pub fn is_numbered(name: &str) -> bool {
    name.strip_prefix("chr").unwrap_or(name).parse::<u8>().is_ok()
}

impl Chromosomes {
    /// Recognizes X, Y and the mitochondrion by their names (with or without `chr`), and the assembly by the
    /// length of X or Y. `par`, where given, is used in place of the assembly's regions.
    #[must_use]
    pub fn of(contigs: &Contigs, par: Option<&IntervalSet>) -> Self {
        let named = |names: &[&str]| {
            let is = |contig: &Contig| {
                names.contains(&contig.name.strip_prefix("chr").unwrap_or(contig.name.as_str()))
            };
            contigs.iter().position(is).map(|id| id as u32)
        };
        let (x, y) = (named(&["X"]), named(&["Y"]));
        let known = || {
            let length = |id: Option<u32>| id.map(|id| contigs.get(id).length);
            let mut regions = Vec::new();
            for assembly in &ASSEMBLIES {
                for (id, (expected, spans)) in [(x, &assembly.x), (y, &assembly.y)] {
                    if let (Some(id), true) = (id, length(id) == Some(*expected)) {
                        regions.extend(spans.iter().map(|&(start, end)| Interval::new(id, start, end)));
                    }
                }
            }
            IntervalSet::new(regions)
        };
        let par = par.cloned().unwrap_or_else(known);
        Self { x, y, mitochondrion: named(&["M", "MT"]), par }
    }

    /// Whether X or Y is there without any pseudoautosomal region.
    #[must_use]
    pub fn lacks_par(&self) -> bool {
        (self.x.is_some() || self.y.is_some()) && self.par.is_empty()
    }

    /// Contig id of X.
    #[must_use]
    pub const fn x(&self) -> Option<u32> {
        self.x
    }

    /// Contig id of Y.
    #[must_use]
    pub const fn y(&self) -> Option<u32> {
        self.y
    }

    /// Contig id of the mitochondrion.
    #[must_use]
    pub const fn mitochondrion(&self) -> Option<u32> {
        self.mitochondrion
    }

    /// The pseudoautosomal regions, of X and Y.
    #[must_use]
    pub const fn par(&self) -> &IntervalSet {
        &self.par
    }

    /// Positions inside a contig where copy numbers may change, ascending.
    #[must_use]
    pub fn boundaries(&self, contig: u32) -> Vec<u32> {
        let inside = self.par.as_slice().iter().filter(|region| region.contig == contig);
        inside.flat_map(|region| [region.start, region.end]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sexes_have_names() {
        assert_eq!(("male".parse(), Sex::Female.to_string()), (Ok(Sex::Male), "female".to_owned()));
        assert!("boy".parse::<Sex>().is_err());
    }
}
