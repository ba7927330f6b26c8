//! Picard CollectInsertSizeMetrics.

use std::collections::BTreeMap;

use super::Source;
use super::picard::{Histogram, MetricsText, decimal};
use crate::spans::{Orientation, PairSpans};

/// An orientation of fewer pairs, of all, is not shown.
const LEAST_SHARE: f64 = 0.05;
/// Mean and deviation are of spans up to the median and so many median deviations.
const DEVIATIONS: f64 = 10.0;
/// The shares of pairs whose spans' width around the median is shown, in percent.
const WIDTHS: [u32; 11] = [10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99];

/// The file's text; without rows where there are no pairs.
#[must_use]
pub fn text(source: Source<'_>, spans: &PairSpans) -> String {
    let shown = shown(spans);
    let mut text = MetricsText::of("CollectInsertSizeMetrics", "InsertSizeMetrics", source);
    text.row(&columns());
    let mut histograms = Vec::new();
    for (orientation, all) in &shown {
        let trimmed = all.up_to((all.median() + DEVIATIONS * all.median_deviation()).trunc());
        text.row(&row(*orientation, all, &trimmed));
        histograms.push((*orientation, trimmed));
    }
    if !histograms.is_empty() {
        write_histogram(&histograms, &mut text);
    }
    text.finish()
}

/// The orientations that have pairs enough.
fn shown(spans: &PairSpans) -> Vec<(Orientation, Histogram)> {
    let all = Orientation::ALL.map(|orientation| (orientation, Histogram::of(spans.of(orientation).iter())));
    let pairs: u64 = all.iter().map(|(_, histogram)| histogram.count()).sum();
    let is_shown = |histogram: &Histogram| {
        histogram.count() > 0 && histogram.count() as f64 >= pairs as f64 * LEAST_SHARE
    };
    all.into_iter().filter(|(_, histogram)| is_shown(histogram)).collect()
}

fn columns() -> Vec<String> {
    let first = [
        "MEDIAN_INSERT_SIZE",
        "MODE_INSERT_SIZE",
        "MEDIAN_ABSOLUTE_DEVIATION",
        "MIN_INSERT_SIZE",
        "MAX_INSERT_SIZE",
        "MEAN_INSERT_SIZE",
        "STANDARD_DEVIATION",
        "READ_PAIRS",
        "PAIR_ORIENTATION",
    ];
    let widths = WIDTHS.map(|share| format!("WIDTH_OF_{share}_PERCENT"));
    let last = ["SAMPLE", "LIBRARY", "READ_GROUP"].map(str::to_owned);
    first.map(str::to_owned).into_iter().chain(widths).chain(last).collect()
}

fn row(orientation: Orientation, all: &Histogram, trimmed: &Histogram) -> Vec<String> {
    let numbers = [
        all.median(),
        all.mode(),
        all.median_deviation(),
        all.lowest(),
        all.highest(),
        trimmed.mean(),
        trimmed.deviation(),
    ];
    let numbers =
        numbers.map(decimal).into_iter().chain([all.count().to_string(), orientation.name().to_owned()]);
    let nobody = ["", "", ""].map(str::to_owned);
    numbers.chain(widths(all)).chain(nobody).collect()
}

/// How wide the stretches around the median are that hold the shares of [`WIDTHS`].
fn widths(all: &Histogram) -> impl Iterator<Item = String> {
    let center = all.median().trunc();
    let mut by_distance: BTreeMap<u64, u64> = BTreeMap::new();
    for &(span, count) in all.values() {
        *by_distance.entry((span - center).abs() as u64).or_default() += count;
    }
    let total = all.count() as f64;
    WIDTHS.into_iter().map(move |share| {
        let mut covered = 0;
        let found = by_distance.iter().find(|(_, count)| {
            covered += **count;
            covered as f64 / total >= f64::from(share) / 100.0
        });
        found.map_or(0, |(distance, _)| 2 * distance + 1).to_string()
    })
}

fn write_histogram(histograms: &[(Orientation, Histogram)], text: &mut MetricsText) {
    let name = |orientation: Orientation| format!("All_Reads.{}_count", orientation.name().to_lowercase());
    let names = histograms.iter().map(|(orientation, _)| name(*orientation));
    text.histogram(&["insert_size".to_owned()].into_iter().chain(names).collect::<Vec<_>>());
    let mut rows: BTreeMap<u64, Vec<u64>> = BTreeMap::new();
    for (i, (_, histogram)) in histograms.iter().enumerate() {
        for &(span, count) in histogram.values() {
            rows.entry(span as u64).or_insert_with(|| vec![0; histograms.len()])[i] = count;
        }
    }
    for (span, counts) in rows {
        text.row(&[span].into_iter().chain(counts).map(|number| number.to_string()).collect::<Vec<_>>());
    }
}
