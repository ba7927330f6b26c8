//! Tables of qualities: a Markov chain along the read, for each class of reads.

use serde::{Deserialize, Serialize};

/// Qualities of both mates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualityTables {
    /// The qualities that occur (Phred), ascending. Tables speak of them by place in this list.
    pub alphabet: Vec<u8>,
    /// Group of each quality as a predecessor: qualities of one group are followed alike.
    pub groups: Vec<u8>,
    /// The quality that an N has (Phred).
    pub unknown_quality: u8,
    /// Weight of each class of the first mate (row) with each class of the second: bad reads come together.
    pub class_pairs: Vec<Vec<f64>>,
    /// Tables of the first mate and, when reads were paired, of the second.
    pub mates: Vec<MateQualities>,
}

/// Qualities of one mate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MateQualities {
    /// Length of the reads learnt from, in bases.
    pub cycles: u16,
    /// One past the last cycle (0-based) of each bin; the last is `cycles`. Cycles of a bin share tables.
    pub bin_ends: Vec<u16>,
    /// Classes of reads by mean quality, the worst first.
    pub classes: Vec<ClassTables>,
    /// Low-quality tails, of all classes alike.
    pub tail: TailTables,
}

/// Qualities in the tail of a read: the bases at its end that are all below 20, when there are five or more.
/// A read that has entered its tail does not come back.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TailTables {
    /// Rows by group of the quality before.
    pub next: Vec<Vec<u32>>,
    /// Share of N among bases of the quality that N has.
    pub unknown: f64,
}

/// The shortest tail, in bases.
pub const SHORTEST_TAIL: usize = 5;

/// Lengths of tails are told apart by so many parts of the read.
pub const TAIL_STEPS: usize = 20;

/// Qualities of one class of reads. A row of weights begins with the place in the alphabet that its first
/// weight stands for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassTables {
    /// Row of the first cycle.
    pub first: Vec<u32>,
    /// Rows by bin of the cycle and group of the quality before; empty where nothing was seen.
    pub next: Vec<Vec<Vec<u32>>>,
    /// Share of N among bases of the quality that N has, by bin.
    pub unknown: Vec<f64>,
    /// Weights of reads without a tail, and of those whose tail takes up to one, two, ..., twenty twentieths of
    /// the read.
    pub tails: Vec<u32>,
}

impl QualityTables {
    /// Number of groups of predecessors.
    pub(crate) fn group_count(&self) -> usize {
        self.groups.iter().map(|&group| usize::from(group) + 1).max().unwrap_or(0)
    }

    /// The mate's tables (0 or 1); those of the first when reads were single.
    pub(crate) fn mate(&self, mate: usize) -> &MateQualities {
        &self.mates[mate.min(self.mates.len() - 1)]
    }
}

impl MateQualities {
    /// The bin of a cycle (0-based) of a read of `read_length` bases: cycles are stretched.
    pub(crate) fn bin(&self, cycle: usize, read_length: usize) -> usize {
        let cycle = cycle * usize::from(self.cycles) / read_length;
        self.bin_ends.partition_point(|&end| usize::from(end) <= cycle).min(self.bin_ends.len() - 1)
    }
}

/// The weights of a row, spread over an alphabet of `n` qualities.
pub(crate) fn spread(row: &[u32], n: usize) -> Vec<u32> {
    let mut weights = vec![0; n];
    if let Some((&first, rest)) = row.split_first() {
        weights[first as usize..][..rest.len()].copy_from_slice(rest);
    }
    weights
}

/// A row from weights over the whole alphabet: zeros at both ends are left away.
pub(crate) fn squeeze(weights: &[u32]) -> Vec<u32> {
    let Some(first) = weights.iter().position(|&weight| weight > 0) else { return Vec::new() };
    let last = weights.iter().rposition(|&weight| weight > 0).unwrap_or(first);
    [&[first as u32], &weights[first..=last]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_round_trip() {
        for weights in [vec![0, 0, 3, 0, 9, 0], vec![0; 6], vec![1, 0, 0, 0, 0, 2]] {
            assert_eq!(spread(&squeeze(&weights), 6), weights);
        }
        assert_eq!(squeeze(&[0, 4, 5, 0]), [1, 4, 5]);
    }

    #[test]
    fn cycles_are_stretched() {
        let mate = MateQualities {
            cycles: 100,
            bin_ends: vec![1, 50, 100],
            classes: Vec::new(),
            tail: TailTables { next: Vec::new(), unknown: 0.0 },
        };
        let bins: Vec<usize> = [0, 1, 2, 99, 100, 199].map(|cycle| mate.bin(cycle, 200)).into();
        assert_eq!(bins, [0, 0, 1, 1, 2, 2]);
        assert_eq!((mate.bin(0, 50), mate.bin(1, 50), mate.bin(49, 50)), (0, 1, 2));
    }
}
