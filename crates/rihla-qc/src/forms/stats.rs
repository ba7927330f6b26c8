//! `samtools stats`: its summary numbers (`SN`) and insert sizes (`IS`).

use std::fmt::{Display, Write};

use super::Source;
use crate::reads::ReadCounters;

/// The share of pairs, those of the shortest templates, that mean and deviation are of, and that `IS` shows.
const BULK: f64 = 0.99_f32 as f64;

/// The file's text.
#[must_use]
pub fn text(source: Source<'_>, counters: &ReadCounters) -> String {
    let pairs = Pairs::of(counters);
    let mut text = format!(
        "# Counted by {}, in the form of samtools: This file was produced by samtools stats\n\
         # The command line was:  {}\n\
         # Summary Numbers. Use `grep ^SN | cut -f 2-` to extract this part.\n",
        source.program, source.command
    );
    write_summary(counters, &pairs, &mut text);
    text += "# Insert sizes. Use `grep ^IS | cut -f 2-` to extract this part. The columns are: insert size, pairs total, \
             inward oriented pairs, outward oriented pairs, other pairs\n";
    for (span, [inward, outward, other]) in pairs.by_span[..pairs.shown].iter().enumerate() {
        let _ = writeln!(text, "IS\t{span}\t{}\t{inward}\t{outward}\t{other}", inward + outward + other);
    }
    text
}

fn write_summary(counters: &ReadCounters, pairs: &Pairs, text: &mut String) {
    let (sums, [longest, longest_first, longest_last]) = (&counters.sums, counters.longest);
    let reads = sums.first + sums.last + sums.other;
    let mut line = |what: &str, value: &dyn Display, remark: &str| {
        let _ = write!(text, "SN\t{what}:\t{value}");
        if !remark.is_empty() {
            let _ = write!(text, "\t# {remark}");
        }
        text.push('\n');
    };
    let mean = |sum: u64, count: u64| {
        let mean = if count == 0 { 0.0 } else { sum as f32 / count as f32 };
        format!("{mean:.0}")
    };
    line("raw total sequences", &reads, "excluding supplementary and secondary reads");
    line("filtered sequences", &0, "");
    line("sequences", &reads, "");
    line("is sorted", &1, "");
    line("1st fragments", &sums.first, "");
    line("last fragments", &sums.last, "");
    line("reads mapped", &(sums.both_mapped + sums.mapped_alone), "");
    let remark = "paired-end technology bit set + both mates mapped";
    line("reads mapped and paired", &sums.both_mapped, remark);
    line("reads unmapped", &sums.unmapped, "");
    line("reads properly paired", &sums.properly_paired, "proper-pair bit set");
    line("reads paired", &sums.paired, "paired-end technology bit set");
    line("reads duplicated", &sums.duplicates, "PCR or optical duplicate bit set");
    line("reads MQ0", &sums.mapq_0, "mapped and MQ=0");
    line("reads QC failed", &sums.qc_fail, "");
    line("non-primary alignments", &sums.secondary, "");
    line("supplementary alignments", &sums.supplementary, "");
    line("total length", &sums.bases, "ignores clipping");
    line("total first fragment length", &sums.bases_first, "ignores clipping");
    line("total last fragment length", &sums.bases_last, "ignores clipping");
    line("bases mapped", &sums.mapped_bases, "ignores clipping");
    line("bases mapped (cigar)", &sums.cigar_bases, "more accurate");
    line("bases trimmed", &0, "");
    line("bases duplicated", &sums.duplicate_bases, "");
    line("mismatches", &sums.edits, "from NM fields");
    let errors = if sums.cigar_bases == 0 { 0.0 } else { sums.edits as f32 / sums.cigar_bases as f32 };
    line("error rate", &exponential(f64::from(errors)), "mismatches / bases mapped (cigar)");
    // Of all reads without its fraction, of first and last mates rounded: so has it samtools 1.16.
    line("average length", &(sums.bases / reads.max(1)), "");
    line("average first fragment length", &mean(sums.bases_first, sums.first), "");
    line("average last fragment length", &mean(sums.bases_last, sums.last), "");
    line("maximum length", &longest.max(SHORTEST_LONGEST), "");
    line("maximum first fragment length", &longest_first, "");
    line("maximum last fragment length", &longest_last, "");
    let quality = if sums.bases == 0 { 0.0 } else { sums.quality as f64 / sums.bases as f64 };
    line("average quality", &format!("{quality:.1}"), "");
    line("insert size average", &format!("{:.1}", pairs.mean), "");
    line("insert size standard deviation", &format!("{:.1}", pairs.deviation), "");
    let [inward, outward, other] = pairs.totals();
    line("inward oriented pairs", &inward, "");
    line("outward oriented pairs", &outward, "");
    line("pairs with other orientation", &other, "");
    line("pairs on different chromosomes", &(sums.mate_elsewhere / 2), "");
    let proper = if reads == 0 { 0.0 } else { (100 * sums.properly_paired) as f32 / reads as f32 };
    line("percentage of properly paired reads (%)", &format!("{proper:.1}"), "");
}

/// samtools gives no lower maximum length.
const SHORTEST_LONGEST: u32 = 30;

/// Pairs by their span.
struct Pairs {
    /// Inward, outward and other pairs of each span.
    by_span: Vec<[u64; 3]>,
    /// Spans that `IS` shows.
    shown: usize,
    mean: f64,
    deviation: f64,
}

impl Pairs {
    fn of(counters: &ReadCounters) -> Self {
        let facing = &counters.facing;
        let lists = [&facing.inward, &facing.outward, &facing.other];
        let spans = lists.iter().map(|list| list.len()).max().unwrap_or(0);
        // Each pair was counted twice.
        let pairs = |span: usize| lists.map(|list| list.get(span).copied().unwrap_or(0) / 2);
        let by_span: Vec<[u64; 3]> = (0..spans).map(pairs).collect();
        let count = |pairs: &[u64; 3]| pairs.iter().sum::<u64>();
        let all: u64 = by_span.iter().map(count).sum();
        let (mut bulk, mut sum, mut shown) = (0_u64, 0.0, 0);
        for (span, pairs) in by_span.iter().enumerate() {
            let pairs = count(pairs);
            if pairs > 0 {
                shown = span + 1;
            }
            bulk += pairs;
            sum += (span as u64 * pairs) as f64;
            if bulk as f64 / all as f64 > BULK {
                shown = span + 1;
                break;
            }
        }
        let number = bulk.max(1) as f64;
        let mean = sum / number;
        let squares = by_span[..shown].iter().enumerate().skip(1).map(|(span, pairs)| {
            let from_mean = span as f64 - mean;
            count(pairs) as f64 * from_mean * from_mean / number
        });
        let deviation = squares.sum::<f64>().sqrt();
        Self { by_span, shown, mean, deviation }
    }

    fn totals(&self) -> [u64; 3] {
        self.by_span.iter().fold([0; 3], |sums, pairs| std::array::from_fn(|i| sums[i] + pairs[i]))
    }
}

/// As C's `%e` has it: six decimals and an exponent of two digits.
fn exponential(value: f64) -> String {
    let text = format!("{value:.6e}");
    let Some((number, exponent)) = text.split_once('e') else { return text };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{number}e{sign}{:02}", exponent.abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_in_c() {
        assert_eq!(exponential(0.002_516_401), "2.516401e-03");
        assert_eq!(exponential(0.0), "0.000000e+00");
        assert_eq!(exponential(1.0), "1.000000e+00");
    }
}
