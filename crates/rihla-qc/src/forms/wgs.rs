//! Picard CollectWgsMetrics.

use super::Source;
use super::picard::{Histogram, MetricsText, decimal, quotient};
use crate::wgs::{GOOD_DEPTH_CAP, GoodDepth};

/// Depths of which the share of bases that reach them is shown.
const REACHED: [usize; 14] = [1, 5, 10, 15, 20, 25, 30, 40, 50, 60, 70, 80, 90, 100];
/// Shares of bases that are to reach the mean depth.
const PENALTIES: [u32; 3] = [80, 90, 95];

/// The file's text.
#[must_use]
pub fn text(source: Source<'_>, depth: &GoodDepth) -> String {
    let mut text = MetricsText::of("CollectWgsMetrics", "WgsMetrics", source);
    text.row(&columns());
    text.row(&row(depth));
    text.histogram(&["coverage", "high_quality_coverage_count"].map(str::to_owned));
    for number in 0..=GOOD_DEPTH_CAP {
        let bases = depth.histogram.get(number).copied().unwrap_or(0);
        text.row(&[number.to_string(), bases.to_string()]);
    }
    text.finish()
}

fn columns() -> Vec<String> {
    let first = [
        "GENOME_TERRITORY",
        "MEAN_COVERAGE",
        "SD_COVERAGE",
        "MEDIAN_COVERAGE",
        "MAD_COVERAGE",
        "PCT_EXC_ADAPTER",
        "PCT_EXC_MAPQ",
        "PCT_EXC_DUPE",
        "PCT_EXC_UNPAIRED",
        "PCT_EXC_BASEQ",
        "PCT_EXC_OVERLAP",
        "PCT_EXC_CAPPED",
        "PCT_EXC_TOTAL",
    ];
    let reached = REACHED.map(|depth| format!("PCT_{depth}X"));
    let penalties = PENALTIES.map(|share| format!("FOLD_{share}_BASE_PENALTY"));
    let last = ["HET_SNP_SENSITIVITY", "HET_SNP_Q"].map(str::to_owned);
    first.map(str::to_owned).into_iter().chain(reached).chain(penalties).chain(last).collect()
}

fn row(depth: &GoodDepth) -> Vec<String> {
    let all = Histogram::of_counts(&depth.histogram);
    let territory = all.count();
    let bases: u64 = depth.histogram.iter().enumerate().map(|(depth, count)| depth as u64 * count).sum();
    let left_out = &depth.left_out;
    let reasons = [
        left_out.adapter,
        left_out.mapq,
        left_out.duplicate,
        left_out.unpaired,
        left_out.quality,
        left_out.overlap,
        left_out.capped,
    ];
    let excluded: u64 = reasons.iter().sum();
    let shares = reasons.into_iter().chain([excluded]).map(|part| quotient(part, bases + excluded));
    let reached = REACHED.map(|least| depth.histogram.iter().skip(least).sum::<u64>());
    // By how much one must sequence more for these shares of bases to be as deep as the mean is now.
    let deep = |share: u32| all.percentile(f64::from(100 - share) / 100.0);
    let penalties = PENALTIES.map(|share| all.mean() / deep(share));
    let moments = [all.mean(), all.deviation(), all.median(), all.median_deviation()];
    let numbers = moments.into_iter().chain(shares);
    let numbers = numbers.chain(reached.map(|count| count as f64 / territory as f64)).chain(penalties);
    // Het sensitivity is drawn at random in Picard; it is left open here.
    let open = ["", ""].map(str::to_owned);
    [territory.to_string()].into_iter().chain(numbers.map(decimal)).chain(open).collect()
}
