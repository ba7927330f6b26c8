//! Depth of regions, and of what they belong to, as tables.

use std::fmt::Write;

use rihla_core::Contigs;

use crate::targets::{TARGET_DEPTHS, TargetDepth, TargetDepths, TargetList};

/// `SAMPLE.coverage_regions.tsv`: a line for each region, by place; `start` is 0-based, fractions are of its bases.
#[must_use]
pub fn regions(list: &TargetList, depths: &TargetDepths, contigs: &Contigs) -> String {
    let mut text = format!("#contig\tstart\tend\tname\t{}\n", columns());
    for (target, depth) in depths.iter(list) {
        let (at, name) = (target.interval, if target.name.is_empty() { "." } else { &target.name });
        let contig = &contigs.get(at.contig).name;
        let _ = writeln!(text, "{contig}\t{}\t{}\t{name}\t{}", at.start, at.end, cells(depth));
    }
    text
}

/// `SAMPLE.coverage_names.tsv`: a line for each name, of all regions that have it, by name.
#[must_use]
pub fn names(list: &TargetList, depths: &TargetDepths) -> String {
    let mut text = format!("#name\tregions\t{}\n", columns());
    for (name, (regions, depth)) in depths.by_name(list) {
        let _ = writeln!(text, "{name}\t{regions}\t{}", cells(&depth));
    }
    text
}

fn columns() -> String {
    let reached = TARGET_DEPTHS.map(|depth| format!("fraction_{depth}x"));
    format!("bases\tmean_depth\tmin_depth\t{}", reached.join("\t"))
}

fn cells(depth: &TargetDepth) -> String {
    let reached = depth.reached.map(|bases| format!("{:.4}", bases as f64 / depth.bases.max(1) as f64));
    format!("{}\t{:.2}\t{}\t{}", depth.bases, depth.mean(), depth.lowest, reached.join("\t"))
}
