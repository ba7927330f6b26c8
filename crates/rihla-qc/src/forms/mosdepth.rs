//! mosdepth: its summary and its distributions.

use std::fmt::Write;

use rihla_core::Contigs;

use crate::contigs::{ContigCounts, ContigTable, DepthSpread};

/// Which bases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All.
    Global,
    /// Those of the regions that were asked for.
    Region,
}

impl Scope {
    fn of(self, counts: &ContigCounts) -> &DepthSpread {
        match self {
            Self::Global => &counts.depth,
            Self::Region => &counts.target_depth,
        }
    }
}

/// `PREFIX.mosdepth.summary.txt`: length, sum, mean, lowest and highest depth of each contig that has a record, and of
/// them together; with rows for the regions, where some were asked for.
#[must_use]
pub fn summary(table: &ContigTable, contigs: &Contigs, has_regions: bool) -> String {
    let mut text = "chrom\tlength\tbases\tmean\tmin\tmax\n".to_owned();
    let mut row = |name: &str, depths: &DepthSpread| {
        let (bases, sum) = (depths.bases(), depths.depth_sum);
        let mean = if bases == 0 { 0.0 } else { sum as f64 / bases as f64 };
        let (lowest, highest) = (depths.lowest(), depths.highest);
        let _ = writeln!(text, "{name}\t{bases}\t{sum}\t{mean:.2}\t{lowest}\t{highest}");
    };
    let (mut total, mut total_region) = (DepthSpread::default(), DepthSpread::default());
    for (name, counts) in with_records(table, contigs) {
        row(name, &counts.depth);
        total.merge(&counts.depth);
        if has_regions {
            row(&format!("{name}_region"), &counts.target_depth);
            total_region.merge(&counts.target_depth);
        }
    }
    row("total", &total);
    if has_regions {
        row("total_region", &total_region);
    }
    text
}

/// `PREFIX.mosdepth.global.dist.txt`, or `.region.dist.txt`: for each contig that has a record, and for them together,
/// from the greatest depth down, the share of bases that are as deep or deeper.
#[must_use]
pub fn distribution(table: &ContigTable, contigs: &Contigs, scope: Scope) -> String {
    let mut text = String::new();
    let mut total = DepthSpread::default();
    for (name, counts) in with_records(table, contigs) {
        let depths = scope.of(counts);
        write_shares(name, depths, &mut text);
        total.merge(depths);
    }
    write_shares("total", &total, &mut text);
    text
}

/// Depths that so few bases reach are not shown.
const SHOWN: f64 = 8e-5;

fn write_shares(name: &str, depths: &DepthSpread, text: &mut String) {
    let bases = depths.bases() as f64;
    let mut share = 0.0;
    for (depth, &count) in depths.histogram.iter().enumerate().rev() {
        if depth > 300 && count == 0 {
            continue;
        }
        share += count as f64 / bases;
        if share >= SHOWN {
            let _ = writeln!(text, "{name}\t{depth}\t{share:.2}");
        }
    }
}

fn with_records<'a>(
    table: &'a ContigTable,
    contigs: &'a Contigs,
) -> impl Iterator<Item = (&'a str, &'a ContigCounts)> {
    let found =
        table.contigs.iter().filter(|(_, counts)| counts.records.mapped + counts.records.unmapped > 0);
    found.map(|(&id, counts)| (contigs.get(id).name.as_str(), counts))
}
