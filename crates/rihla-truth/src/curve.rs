//! What a threshold on a score would do: counts by score, and the points of recall and precision from them.

use crate::tally::Cell;
use crate::{Decision, Side};

/// A score that calls can be filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScoreField {
    /// QUAL of the record.
    Qual,
    /// GQ of the genotype.
    Gq,
}

impl ScoreField {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Qual, Self::Gq];

    /// As in the tables: `QUAL`, `GQ`.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Qual => "QUAL",
            Self::Gq => "GQ",
        }
    }

    /// Larger scores are counted as this one.
    #[must_use]
    pub const fn cap(self) -> u32 {
        match self {
            Self::Qual => 4096,
            Self::Gq => 255,
        }
    }
}

/// Records by score, rounded down to whole numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curve {
    field: ScoreField,
    /// By score, up to the largest one seen.
    bins: Vec<Bin>,
    /// Records without the score.
    unscored: Bin,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Bin {
    truth_tp: u64,
    query_tp: u64,
    query_fp: u64,
}

impl Bin {
    fn merge(&mut self, other: &Self) {
        self.truth_tp += other.truth_tp;
        self.query_tp += other.query_tp;
        self.query_fp += other.query_fp;
    }
}

/// The comparison with only the calls of at least a score.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The lowest score kept; `None`: every call is kept, also those without a score.
    pub threshold: Option<u32>,
    /// The counts. Truth whose call is dropped is missed; UNK, genotype and allele mismatches aren't known
    /// by score and are 0.
    pub cell: Cell,
}

impl Curve {
    /// Counts of nothing.
    #[must_use]
    pub const fn new(field: ScoreField) -> Self {
        let unscored = Bin { truth_tp: 0, query_tp: 0, query_fp: 0 };
        Self { field, bins: Vec::new(), unscored }
    }

    /// Counts a judged record; truth that was missed and records that were not judged have no place here.
    /// A score below 0 counts as 0, one that is no number as none.
    pub fn add(&mut self, side: Side, decision: Decision, score: Option<f32>) {
        let counter: fn(&mut Bin) -> &mut u64 = match (side, decision) {
            (Side::Truth, Decision::TruePositive) => |bin| &mut bin.truth_tp,
            (Side::Query, Decision::TruePositive) => |bin| &mut bin.query_tp,
            (Side::Query, Decision::FalsePositive) => |bin| &mut bin.query_fp,
            _ => return,
        };
        let bin = match score.filter(|score| !score.is_nan()) {
            Some(score) => self.bin(score),
            None => &mut self.unscored,
        };
        *counter(bin) += 1;
    }

    fn bin(&mut self, score: f32) -> &mut Bin {
        let place = score.clamp(0.0, self.field.cap() as f32) as usize;
        if self.bins.len() <= place {
            self.bins.resize(place + 1, Bin::default());
        }
        &mut self.bins[place]
    }

    /// Adds the counts of another curve of the same field.
    pub fn merge(&mut self, other: &Self) {
        self.unscored.merge(&other.unscored);
        if self.bins.len() < other.bins.len() {
            self.bins.resize(other.bins.len(), Bin::default());
        }
        self.bins.iter_mut().zip(&other.bins).for_each(|(mine, theirs)| mine.merge(theirs));
    }

    /// First the point without a threshold, then one for each score that occurs, ascending. `truth_total`
    /// is the number of truth records, found and missed.
    #[must_use]
    pub fn points(&self, truth_total: u64) -> Vec<Point> {
        let mut kept = Bin::default();
        let mut points = Vec::new();
        for (score, bin) in self.bins.iter().enumerate().rev().filter(|(_, bin)| **bin != Bin::default()) {
            kept.merge(bin);
            points.push(Point { threshold: Some(score as u32), cell: cell(&kept, truth_total) });
        }
        kept.merge(&self.unscored);
        points.push(Point { threshold: None, cell: cell(&kept, truth_total) });
        points.reverse();
        points
    }
}

fn cell(kept: &Bin, truth_total: u64) -> Cell {
    Cell {
        truth_tp: kept.truth_tp,
        truth_fn: truth_total.saturating_sub(kept.truth_tp),
        query_tp: kept.query_tp,
        query_fp: kept.query_fp,
        ..Cell::default()
    }
}

/// The point of the highest F1; of equals the one that keeps most calls. `None` without truth.
#[must_use]
pub fn best(points: &[Point]) -> Option<(&Point, f64)> {
    let scored = points.iter().filter_map(|point| Some((point, point.cell.f1()?)));
    scored.reduce(|best, next| if next.1 > best.1 { next } else { best })
}

/// Average precision: from the highest threshold down, the sum of each gain in recall times the precision
/// there. It is the area under the curve of precision by recall, drawn in steps, up to the recall that the
/// calls reach. `None` without truth.
#[must_use]
pub fn average_precision(points: &[Point]) -> Option<f64> {
    let mut area = 0.0;
    let mut reached = 0.0;
    for point in points.iter().rev() {
        let recall = point.cell.recall()?;
        area += (recall - reached) * point.cell.precision().unwrap_or(0.0);
        reached = recall;
    }
    Some(area)
}

#[cfg(test)]
mod tests;
