//! Picard CollectHsMetrics, the regions being baits and targets.

use rihla_core::{Contigs, IntervalSet, library};

use super::Source;
use super::picard::{Histogram, MetricsText, decimal, quotient};
use crate::capture::{CaptureCounts, TargetGround};

/// Depths of which the share of bases that reach them is shown.
const REACHED: [usize; 17] =
    [1, 2, 10, 20, 30, 40, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000];
/// Depths of which it is said how much sequencing they would take.
const GOALS: [u32; 6] = [10, 20, 30, 40, 50, 100];
/// Last row of the histogram, of this depth and more.
const LAST: usize = 200;

/// The file's text; the regions are called `name`.
#[must_use]
pub fn text(
    source: Source<'_>,
    (name, regions): (&str, &IntervalSet),
    contigs: &Contigs,
    counts: &CaptureCounts,
) -> String {
    let mut text = MetricsText::of("CollectHsMetrics", "directed.HsMetrics", source);
    let genome: u64 = contigs.iter().map(|contig| u64::from(contig.length)).sum();
    let cells = cells(name, &Capture { counts, territory: regions.bases(), genome });
    let (columns, row): (Vec<String>, Vec<String>) = cells.into_iter().unzip();
    text.row(&columns);
    text.row(&row);
    text.histogram(
        &["coverage_or_base_quality", "high_quality_coverage_count", "unfiltered_baseq_count"]
            .map(str::to_owned),
    );
    let at = |list: &[u64], index: usize| list.get(index).copied().unwrap_or(0);
    let deeper: u64 = counts.depths.iter().skip(LAST + 1).sum();
    for index in 0..=LAST {
        let bases = at(&counts.depths, index) + if index == LAST { deeper } else { 0 };
        text.row(&[index.to_string(), bases.to_string(), at(&counts.qualities, index).to_string()]);
    }
    text.finish()
}

struct Capture<'a> {
    counts: &'a CaptureCounts,
    /// Bases of the regions.
    territory: u64,
    /// Bases of the reference.
    genome: u64,
}

fn cells(name: &str, capture: &Capture<'_>) -> Vec<(String, String)> {
    let (sums, territory) = (&capture.counts.sums, capture.territory);
    let depths = Histogram::of_counts(&capture.counts.depths);
    let selected = sums.on + sums.near;
    let all = selected + sums.off;
    let count = |number: u64| number.to_string();
    let share = |part: u64, whole: u64| decimal(part as f64 / whole as f64);
    let of_aligned = |part: u64| share(part, sums.aligned);
    let mean = capture.mean_depth();
    let fold_80 = mean / depths.percentile(0.2);
    let enrichment = (sums.on as f64 / all as f64) / (territory as f64 / capture.genome as f64);
    let size = library::estimated_size(sums.pairs, sums.unique_pairs);
    let dropouts = capture.dropouts();
    let mut cells: Vec<(String, String)> = [
        ("BAIT_SET", name.to_owned()),
        ("BAIT_TERRITORY", count(territory)),
        ("BAIT_DESIGN_EFFICIENCY", share(territory, territory)),
        ("ON_BAIT_BASES", count(sums.on)),
        ("NEAR_BAIT_BASES", count(sums.near)),
        ("OFF_BAIT_BASES", count(sums.off)),
        ("PCT_SELECTED_BASES", share(selected, all)),
        ("PCT_OFF_BAIT", share(sums.off, all)),
        ("ON_BAIT_VS_SELECTED", share(sums.on, selected)),
        ("MEAN_BAIT_COVERAGE", share(sums.on, territory)),
        ("PCT_USABLE_BASES_ON_BAIT", share(sums.on, sums.bases)),
        ("PCT_USABLE_BASES_ON_TARGET", share(sums.on_target, sums.bases)),
        ("FOLD_ENRICHMENT", decimal(enrichment)),
        ("HS_LIBRARY_SIZE", size.map(count).unwrap_or_default()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into();
    cells.extend(GOALS.map(|goal| {
        let penalty = size.map_or(0.0, |size| capture.penalty(size, f64::from(goal), fold_80));
        (format!("HS_PENALTY_{goal}X"), decimal(penalty))
    }));
    let reads = [
        ("TARGET_TERRITORY", count(territory)),
        ("GENOME_SIZE", count(capture.genome)),
        ("TOTAL_READS", count(sums.reads)),
        ("PF_READS", count(sums.passing)),
        ("PF_BASES", count(sums.bases)),
        ("PF_UNIQUE_READS", count(sums.unique)),
        ("PF_UQ_READS_ALIGNED", count(sums.unique_mapped)),
        ("PF_BASES_ALIGNED", count(sums.aligned)),
        ("PF_UQ_BASES_ALIGNED", count(sums.unique_aligned)),
        ("ON_TARGET_BASES", count(sums.on_target)),
        ("PCT_PF_READS", share(sums.passing, sums.reads)),
        ("PCT_PF_UQ_READS", share(sums.unique, sums.reads)),
        ("PCT_PF_UQ_READS_ALIGNED", share(sums.unique_mapped, sums.unique)),
        ("MEAN_TARGET_COVERAGE", decimal(mean)),
        ("MEDIAN_TARGET_COVERAGE", decimal(depths.median())),
        ("MAX_TARGET_COVERAGE", decimal(depths.highest())),
        ("MIN_TARGET_COVERAGE", decimal(depths.lowest())),
        ("ZERO_CVG_TARGETS_PCT", decimal(capture.empty_targets())),
        ("PCT_EXC_DUPE", of_aligned(sums.duplicate)),
        ("PCT_EXC_ADAPTER", of_aligned(sums.adapter)),
        ("PCT_EXC_MAPQ", of_aligned(sums.mapq)),
        ("PCT_EXC_BASEQ", of_aligned(sums.quality)),
        ("PCT_EXC_OVERLAP", of_aligned(sums.overlap)),
        ("PCT_EXC_OFF_TARGET", of_aligned(sums.off_target)),
        ("FOLD_80_BASE_PENALTY", decimal(fold_80)),
    ];
    cells.extend(reads.map(|(name, value)| (name.to_owned(), value)));
    cells.extend(REACHED.map(|depth| {
        let bases: u64 = capture.counts.depths.iter().skip(depth).sum();
        (format!("PCT_TARGET_BASES_{depth}X"), decimal(quotient(bases, territory)))
    }));
    // Het sensitivity is drawn at random in Picard; it is left open here.
    let last = [
        ("AT_DROPOUT", decimal(dropouts[0])),
        ("GC_DROPOUT", decimal(dropouts[1])),
        ("HET_SNP_SENSITIVITY", String::new()),
        ("HET_SNP_Q", String::new()),
        ("SAMPLE", String::new()),
        ("LIBRARY", String::new()),
        ("READ_GROUP", String::new()),
    ];
    cells.extend(last.map(|(name, value)| (name.to_owned(), value)));
    cells
}

impl Capture<'_> {
    fn mean_depth(&self) -> f64 {
        let sum: u64 = self.counts.targets.values().map(|target| target.depth_sum).sum();
        sum as f64 / self.territory as f64
    }

    /// Share of targets without a good base.
    fn empty_targets(&self) -> f64 {
        let empty = self.counts.targets.values().filter(|target| target.depth_sum == 0).count();
        empty as f64 / self.counts.targets.len() as f64
    }

    /// Percents of bases that are lacking on targets of up to half G and C, and of half and more.
    fn dropouts(&self) -> [f64; 2] {
        let mut by_gc = [(0_u64, 0_u64); 101];
        for TargetGround { bases, strong, depth_sum } in self.counts.targets.values() {
            let (all, drawn) = &mut by_gc[(*strong as f64 / *bases as f64 * 100.0).round() as usize];
            *all += bases;
            *drawn += depth_sum;
        }
        let (all, drawn) =
            by_gc.iter().fold((0, 0), |(all, drawn), (bases, depths)| (all + bases, drawn + depths));
        let mut dropouts = [0.0; 2];
        for (gc, (bases, depths)) in by_gc.iter().enumerate() {
            let lacking = (*bases as f64 / all as f64 - *depths as f64 / drawn as f64) * 100.0;
            if lacking > 0.0 {
                // Half is both, as in Picard.
                dropouts[0] += if gc <= 50 { lacking } else { 0.0 };
                dropouts[1] += if gc >= 50 { lacking } else { 0.0 };
            }
        }
        dropouts
    }

    /// How many aligned bases must be sequenced for each base of the targets, so that four fifths of them are as deep as
    /// `goal`; -1 where this library cannot give it.
    fn penalty(&self, size: u64, goal: f64, fold_80: f64) -> f64 {
        let sums = &self.counts.sums;
        let mean = sums.on_target_in_pairs as f64 / self.territory as f64;
        let on_target = sums.on_target as f64 / sums.unique_aligned as f64;
        let wanted = goal / mean * fold_80;
        let Some(times) =
            times_for(wanted, |times| library::gain(size, times, sums.pairs, sums.unique_pairs))
        else {
            return -1.0;
        };
        let unique = sums.unique_pairs as f64 * wanted / (sums.pairs as f64 * times);
        (1.0 / unique) * fold_80 * (1.0 / on_target)
    }
}

/// How many times as much sequencing gives `wanted` times as many pairs: steps that halve when they go too far, as
/// Picard takes them, so that the figures agree.
fn times_for(wanted: f64, gain: impl Fn(f64) -> f64) -> Option<f64> {
    let (mut times, mut step, mut is_up) = (wanted, 1.0, wanted >= 1.0);
    for _ in 0..10_000 {
        let found = gain(times);
        if (found - wanted).abs() / wanted <= 0.001 {
            return Some(times);
        }
        if (found > wanted && is_up) || (found < wanted && !is_up) {
            step /= 2.0;
            is_up = !is_up;
        }
        times += if is_up { step } else { -step };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_is_exhausted_cannot_give_more() {
        let gain = |times: f64| library::gain(1_000, times, 900, 600);
        let times = times_for(1.2, gain).expect("there are more");
        assert!((gain(times) - 1.2).abs() < 0.002, "{times}");
        assert_eq!(times_for(2.0, gain), None);
    }
}
