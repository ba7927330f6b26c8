//! Depth by contig.

use rihla_core::{Contig, Contigs};
use serde::{Deserialize, Serialize};

use super::ratio;
use crate::contigs::{ContigCounts, ContigTable};

/// Most contigs that are listed.
const MOST: usize = 100;

/// Reads and depth of one contig.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ContigMetrics {
    /// Its name.
    pub contig: String,
    /// Its length.
    pub length: u64,
    /// Its bases that were looked at: those that are not N, or those in the regions that were asked for.
    pub bases: u64,
    /// Mapped records that are written, of every kind.
    pub records: u64,
    /// Mean depth of the bases looked at.
    pub mean_depth: Option<f64>,
}

impl ContigMetrics {
    /// The contigs that are named like chromosomes, or all where none is; of more than a hundred the longest. In the order of the
    /// reference. `known` are the bases of each that are not ambiguous; `has_targets` says whether only regions count.
    #[must_use]
    pub fn list(contigs: &Contigs, known: &[u64], table: &ContigTable, has_targets: bool) -> Vec<Self> {
        let mut chosen: Vec<usize> = (0..contigs.len()).collect();
        if contigs.iter().any(is_chromosome) {
            chosen.retain(|&id| is_chromosome(contigs.get(id as u32)));
        }
        chosen.sort_by_key(|&id| (std::cmp::Reverse(contigs.get(id as u32).length), id));
        chosen.truncate(MOST);
        chosen.sort_unstable();
        let none = ContigCounts::default();
        let of = |id: usize| {
            let contig = contigs.get(id as u32);
            let counts = table.contigs.get(&(id as u32)).unwrap_or(&none);
            let (depth, bases) = match has_targets {
                true => (&counts.target_depth, counts.target_depth.bases()),
                false => (&counts.depth, known.get(id).copied().unwrap_or(0)),
            };
            Self {
                contig: contig.name.clone(),
                length: contig.length.into(),
                bases,
                records: counts.records.mapped,
                mean_depth: ratio(depth.depth_sum, bases),
            }
        };
        chosen.into_iter().map(of).collect()
    }
}

/// Whether a contig has a chromosome's name: a number, or X, Y, M or MT, `chr` before it or not.
fn is_chromosome(contig: &Contig) -> bool {
    let name = contig.name.strip_prefix("chr").unwrap_or(&contig.name);
    matches!(name, "X" | "Y" | "M" | "MT") || name.parse::<u8>().is_ok()
}

#[cfg(test)]
mod tests {
    use rihla_core::Interval;

    use super::*;

    fn contigs(names: &[(&str, u32)]) -> Contigs {
        let contig = |&(name, length): &(&str, u32)| Contig { name: name.to_owned(), length, md5: [0; 16] };
        Contigs::new(names.iter().map(contig).collect())
    }

    fn names(list: &[ContigMetrics]) -> Vec<&str> {
        list.iter().map(|contig| contig.contig.as_str()).collect()
    }

    #[test]
    fn chromosomes_come_before_what_else_there_is() {
        let contigs = contigs(&[("chr1", 10), ("chr1_alt", 90), ("chrX", 5), ("chrM", 2), ("HLA-A*01", 7)]);
        let mut counts = ContigCounts::default();
        counts.add_depths(Interval::new(0, 0, 10), &[Interval::new(0, 0, 2)], &[3; 10]);
        let table = ContigTable { contigs: [(0, counts)].into(), unplaced: 0 };
        let list = ContigMetrics::list(&contigs, &[8, 90, 5, 2, 7], &table, false);
        assert_eq!(names(&list), ["chr1", "chrX", "chrM"]);
        assert_eq!((list[0].bases, list[0].mean_depth), (8, Some(3.75)));
        assert_eq!((list[1].records, list[1].mean_depth), (0, Some(0.0)));
        let list = ContigMetrics::list(&contigs, &[8, 90, 5, 2, 7], &table, true);
        assert_eq!((list[0].bases, list[0].mean_depth, list[1].mean_depth), (2, Some(3.0), None));
    }

    #[test]
    fn of_many_the_longest_are_listed() {
        let all: Vec<(String, u32)> = (0..150).map(|i| (format!("scaffold{i}"), 100 + i % 150)).collect();
        let all: Vec<(&str, u32)> = all.iter().map(|(name, length)| (name.as_str(), *length)).collect();
        let list = ContigMetrics::list(&contigs(&all), &[], &ContigTable::default(), false);
        assert_eq!(
            (list.len(), list[0].contig.as_str(), list[99].contig.as_str()),
            (100, "scaffold50", "scaffold149")
        );
    }
}
