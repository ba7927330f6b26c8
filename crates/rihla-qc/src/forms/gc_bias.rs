//! Picard CollectGcBiasMetrics: its details and its summary.

use super::Source;
use super::picard::{MetricsText, decimal};
use crate::gc::{GC_BINS, GcBias, GcCounts};
use crate::ground::GC_WINDOW;

/// Ranges of G and C, in percent, whose coverage the summary has.
const RANGES: [(usize, usize); 5] = [(0, 19), (20, 39), (40, 59), (60, 79), (80, 100)];

/// `SAMPLE.gc_bias.detail_metrics`.
#[must_use]
pub fn details(source: Source<'_>, counts: &GcCounts) -> String {
    let mut text = MetricsText::of("CollectGcBiasMetrics", "GcBiasDetailMetrics", source);
    text.row(&[
        "ACCUMULATION_LEVEL",
        "READS_USED",
        "GC",
        "WINDOWS",
        "READ_STARTS",
        "MEAN_BASE_QUALITY",
        "NORMALIZED_COVERAGE",
        "ERROR_BAR_WIDTH",
        "SAMPLE",
        "LIBRARY",
        "READ_GROUP",
    ]);
    let bias = GcBias::of(counts);
    for (gc, bias) in (0..GC_BINS).filter_map(|gc| bias.as_ref().map(|bias| (gc, bias))) {
        let starts = counts.starts[gc];
        let quality = match counts.errors[gc] {
            0 => 0.0,
            errors => (-10.0 * (errors as f64 / counts.bases[gc] as f64).log10()).round(),
        };
        let cells = [
            "All Reads".to_owned(),
            "ALL".to_owned(),
            gc.to_string(),
            counts.windows[gc].to_string(),
            starts.to_string(),
            decimal(quality),
            decimal(bias.normalized(gc).unwrap_or(0.0)),
            decimal(bias.of_windows((starts as f64).sqrt(), gc).unwrap_or(0.0)),
        ];
        let open = ["", "", ""].map(str::to_owned);
        text.row(&cells.into_iter().chain(open).collect::<Vec<_>>());
    }
    text.finish_table()
}

/// `SAMPLE.gc_bias.summary_metrics`.
#[must_use]
pub fn summary(source: Source<'_>, counts: &GcCounts) -> String {
    let mut text = MetricsText::of("CollectGcBiasMetrics", "GcBiasSummaryMetrics", source);
    let first = ["ACCUMULATION_LEVEL", "READS_USED", "WINDOW_SIZE", "TOTAL_CLUSTERS", "ALIGNED_READS"];
    let ranges = RANGES.map(|(first, last)| format!("GC_NC_{first}_{last}"));
    let columns = first.into_iter().chain(["AT_DROPOUT", "GC_DROPOUT"]).map(str::to_owned).chain(ranges);
    let open = ["SAMPLE", "LIBRARY", "READ_GROUP"].map(str::to_owned);
    text.row(&columns.chain(open).collect::<Vec<_>>());
    if let Some(bias) = GcBias::of(counts) {
        let first = ["All Reads".to_owned(), "ALL".to_owned(), GC_WINDOW.to_string()];
        let sums = [counts.sums.clusters, counts.sums.mapped].map(|count| count.to_string());
        let shares = bias.dropouts().into_iter().chain(RANGES.map(|range| bias.normalized_in(range)));
        let cells = first.into_iter().chain(sums).chain(shares.map(decimal));
        text.row(&cells.chain(["", "", ""].map(str::to_owned)).collect::<Vec<_>>());
    }
    text.finish_table()
}
