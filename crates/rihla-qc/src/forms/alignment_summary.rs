//! Picard CollectAlignmentSummaryMetrics.

use std::collections::BTreeSet;

use super::Source;
use super::picard::{Histogram, MetricsText, decimal, quotient};
use crate::tallies::{MateTallies, MateTally};

const COLUMNS: [&str; 36] = [
    "CATEGORY",
    "TOTAL_READS",
    "PF_READS",
    "PCT_PF_READS",
    "PF_NOISE_READS",
    "PF_READS_ALIGNED",
    "PCT_PF_READS_ALIGNED",
    "PF_ALIGNED_BASES",
    "PF_HQ_ALIGNED_READS",
    "PF_HQ_ALIGNED_BASES",
    "PF_HQ_ALIGNED_Q20_BASES",
    "PF_HQ_MEDIAN_MISMATCHES",
    "PF_MISMATCH_RATE",
    "PF_HQ_ERROR_RATE",
    "PF_INDEL_RATE",
    "MEAN_READ_LENGTH",
    "SD_READ_LENGTH",
    "MEDIAN_READ_LENGTH",
    "MAD_READ_LENGTH",
    "MIN_READ_LENGTH",
    "MAX_READ_LENGTH",
    "MEAN_ALIGNED_READ_LENGTH",
    "READS_ALIGNED_IN_PAIRS",
    "PCT_READS_ALIGNED_IN_PAIRS",
    "PF_READS_IMPROPER_PAIRS",
    "PCT_PF_READS_IMPROPER_PAIRS",
    "BAD_CYCLES",
    "STRAND_BALANCE",
    "PCT_CHIMERAS",
    "PCT_ADAPTER",
    "PCT_SOFTCLIP",
    "PCT_HARDCLIP",
    "AVG_POS_3PRIME_SOFTCLIP_LENGTH",
    "SAMPLE",
    "LIBRARY",
    "READ_GROUP",
];

/// A cycle is bad where so large a share of reads has a wrong base or none.
const BAD: f64 = 0.8;

/// The file's text.
#[must_use]
pub fn text(source: Source<'_>, mates: &MateTallies) -> String {
    let mut text = MetricsText::of("CollectAlignmentSummaryMetrics", "AlignmentSummaryMetrics", source);
    text.row(&COLUMNS);
    let MateTallies { single, first, last } = mates;
    let mut pair = first.clone();
    pair.merge(last);
    let has_pairs = first.sums.reads > 0;
    if has_pairs {
        let (of_first, of_last) = (bad_cycles(first), bad_cycles(last));
        text.row(&row("FIRST_OF_PAIR", first, of_first));
        text.row(&row("SECOND_OF_PAIR", last, of_last));
        text.row(&row("PAIR", &pair, of_first + of_last));
    }
    let has_single = single.sums.reads > 0 || !has_pairs;
    if has_single {
        text.row(&row("UNPAIRED", single, bad_cycles(single)));
    }
    let lengths = [("PAIRED", &pair, has_pairs), ("UNPAIRED", single, has_single)];
    write_histogram(lengths.into_iter().filter(|(_, _, is_shown)| *is_shown), &mut text);
    text.finish()
}

fn row(category: &str, tally: &MateTally, bad_cycles: usize) -> Vec<String> {
    let sums = &tally.sums;
    let lengths = Histogram::of_counts(&tally.lengths);
    let unclipped = Histogram::of_counts(&tally.unclipped);
    let high_mismatches = Histogram::of_counts(&tally.high_mismatches);
    let bases: u64 = tally.lengths.iter().enumerate().map(|(length, count)| length as u64 * count).sum();
    let has_reads = sums.passing > 0;
    // What Picard does not come to work out without reads stays 0.
    let mean = |histogram: &Histogram| if has_reads { histogram.mean() } else { 0.0 };
    let deviation = if has_reads { lengths.deviation() } else { 0.0 };
    let count = |number: u64| number.to_string();
    let share = |part: u64, whole: u64| decimal(quotient(part, whole));
    let cells = [
        category.to_owned(),
        count(sums.reads),
        count(sums.passing),
        share(sums.passing, sums.reads),
        count(0),
        count(sums.mapped),
        share(sums.mapped, sums.passing),
        count(sums.aligned_bases),
        count(sums.high),
        count(sums.high_bases),
        count(sums.high_q20_bases),
        decimal(high_mismatches.median()),
        share(sums.mismatches, sums.aligned_bases),
        share(sums.high_mismatches, sums.high_bases),
        share(sums.indels, sums.aligned_bases),
        decimal(mean(&lengths)),
        decimal(deviation),
        decimal(lengths.median()),
        decimal(lengths.median_deviation()),
        decimal(lengths.lowest()),
        decimal(lengths.highest()),
        decimal(mean(&unclipped)),
        count(sums.mapped_in_pairs),
        share(sums.mapped_in_pairs, sums.mapped),
        count(sums.improper),
        share(sums.improper, sums.mapped),
        bad_cycles.to_string(),
        share(sums.forward, sums.mapped),
        share(sums.chimeric, sums.judged),
        share(sums.adapters, sums.passing),
        share(sums.soft_clipped, bases),
        share(sums.hard_clipped, bases),
        share(sums.clipped_last_bases, sums.clipped_last),
    ];
    cells.into_iter().chain(["", "", ""].map(str::to_owned)).collect()
}

fn bad_cycles(tally: &MateTally) -> usize {
    let least = BAD * tally.sums.reads as f64;
    tally.bad_cycles.iter().filter(|count| **count > 0 && **count as f64 >= least).count()
}

/// Reads by length, and by what of it is aligned.
fn write_histogram<'a>(shown: impl Iterator<Item = (&'a str, &'a MateTally, bool)>, text: &mut MetricsText) {
    let mut columns = vec!["READ_LENGTH".to_owned()];
    let mut lists = Vec::new();
    for (name, tally, _) in shown {
        columns.extend(["TOTAL", "ALIGNED"].map(|what| format!("{name}_{what}_LENGTH_COUNT")));
        lists.extend([&tally.lengths, &tally.unclipped]);
    }
    text.histogram(&columns);
    let seen = |list: &&Vec<u64>| (0..list.len()).filter(|&length| list[length] > 0).collect::<Vec<_>>();
    let lengths: BTreeSet<usize> = lists.iter().flat_map(seen).collect();
    for length in lengths {
        let counts = lists.iter().map(|list| list.get(length).copied().unwrap_or(0).to_string());
        text.row(&[length.to_string()].into_iter().chain(counts).collect::<Vec<_>>());
    }
}
