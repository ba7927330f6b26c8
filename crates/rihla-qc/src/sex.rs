//! A sample's sex, told by how many reads lie on X and Y.

use rihla_core::chromosomes::is_numbered;
use rihla_core::{Chromosomes, Contigs, Sex};
use serde::{Deserialize, Serialize};

/// How much lies on one contig.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContigLoad {
    /// Reads, or bytes of them: only ratios count.
    pub amount: u64,
    /// Known bases: those that are not N.
    pub bases: u64,
}

/// What reads on X and Y tell.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SexEvidence {
    /// Depth of X against that of the autosomes; `None` where there is no X, or too little to judge.
    pub x_ratio: Option<f64>,
    /// The same of Y.
    pub y_ratio: Option<f64>,
}

/// Fewest reads in all that are judged.
const MIN_READS: u64 = 5_000;
/// Fewest known bases of a chromosome that is judged.
const MIN_BASES: u64 = 50_000;
/// X of this depth and more is there twice.
const TWO_X: f64 = 0.75;
/// X of less is hardly looked at: a panel without targets on it.
const ANY_X: f64 = 0.3;
/// Y of this depth and more is there; less is misplaced.
const A_Y: f64 = 0.2;

impl SexEvidence {
    /// Of `reads` reads that lie as `loads` say, by contig id.
    #[must_use]
    pub fn of(contigs: &Contigs, chromosomes: &Chromosomes, loads: &[ContigLoad], reads: u64) -> Self {
        let depth = |id: usize| {
            let load = loads.get(id).filter(|load| load.bases >= MIN_BASES)?;
            Some(load.amount as f64 / load.bases as f64)
        };
        let autosomes = contigs.iter().enumerate().filter(|(_, contig)| is_numbered(&contig.name));
        let mut depths: Vec<f64> = autosomes.filter_map(|(id, _)| depth(id)).collect();
        depths.sort_by(f64::total_cmp);
        let usual = depths.get(depths.len() / 2).copied().filter(|&usual| usual > 0.0 && reads >= MIN_READS);
        let ratio = |id: Option<u32>| Some(depth(id? as usize)? / usual?);
        Self { x_ratio: ratio(chromosomes.x()), y_ratio: ratio(chromosomes.y()) }
    }

    /// The sex; `None` where X and Y do not agree or say nothing.
    #[must_use]
    pub fn sex(&self) -> Option<Sex> {
        let (x, has_y) = (self.x_ratio?, self.y_ratio.map(|y| y >= A_Y));
        match has_y {
            Some(false) | None if x >= TWO_X => Some(Sex::Female),
            Some(true) | None if (ANY_X..TWO_X).contains(&x) => Some(Sex::Male),
            _ => None,
        }
    }
}

/// Sex in the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SexMetrics {
    /// What the user says.
    pub stated: Option<String>,
    /// What the reads say.
    pub inferred: Option<String>,
    /// Whether the two contradict each other.
    pub is_mismatch: bool,
    /// Depth of X against that of the autosomes.
    pub x_depth_ratio: Option<f64>,
    /// Depth of Y against that of the autosomes.
    pub y_depth_ratio: Option<f64>,
}

impl SexMetrics {
    /// Of what the user says and what the reads say.
    #[must_use]
    pub fn new(stated: Option<Sex>, evidence: SexEvidence) -> Self {
        let inferred = evidence.sex();
        let rounded = |ratio: f64| (1e4 * ratio).round() / 1e4;
        Self {
            stated: stated.map(|sex| sex.to_string()),
            inferred: inferred.map(|sex| sex.to_string()),
            is_mismatch: stated.zip(inferred).is_some_and(|(stated, inferred)| stated != inferred),
            x_depth_ratio: evidence.x_ratio.map(rounded),
            y_depth_ratio: evidence.y_ratio.map(rounded),
        }
    }
}

#[cfg(test)]
mod tests {
    use rihla_core::Contig;

    use super::*;

    /// Evidence of so many reads on chromosomes of 100 kb: two autosomes, X and Y.
    fn evidence(amounts: [u64; 4]) -> SexEvidence {
        let contig = |name: &str| Contig { name: name.to_owned(), length: 100_000, md5: [0; 16] };
        let contigs = Contigs::new(["chr1", "chr2", "chrX", "chrY"].map(contig).to_vec());
        let loads = amounts.map(|amount| ContigLoad { amount, bases: 100_000 });
        SexEvidence::of(&contigs, &Chromosomes::of(&contigs, None), &loads, amounts.iter().sum())
    }

    #[test]
    fn x_and_y_must_agree() {
        assert_eq!(evidence([10_000, 10_100, 10_000, 300]).sex(), Some(Sex::Female));
        assert_eq!(evidence([10_000, 10_100, 5_000, 4_000]).sex(), Some(Sex::Male));
        assert_eq!(evidence([10_000, 10_100, 10_000, 5_000]).sex(), None, "two X and a Y");
        assert_eq!(evidence([10_000, 10_100, 5_000, 100]).sex(), None, "one X and no Y");
        assert_eq!(evidence([10_000, 10_100, 20, 0]).sex(), None, "targets elsewhere");
        assert_eq!(evidence([100, 100, 100, 0]).sex(), None, "few reads");
        let metrics = SexMetrics::new(Some(Sex::Male), evidence([10_000, 10_000, 10_000, 300]));
        assert!(metrics.is_mismatch && metrics.x_depth_ratio == Some(1.0));
        assert!(!SexMetrics::new(None, evidence([10_000, 10_000, 10_000, 300])).is_mismatch);
    }

    #[test]
    fn without_y_the_depth_of_x_decides() {
        let one_y = SexEvidence { x_ratio: Some(0.52), y_ratio: None };
        assert_eq!(one_y.sex(), Some(Sex::Male));
        assert_eq!(SexEvidence { x_ratio: Some(0.97), y_ratio: None }.sex(), Some(Sex::Female));
        assert_eq!(SexEvidence::default().sex(), None);
    }
}
