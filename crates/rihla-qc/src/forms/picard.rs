//! What all of Picard's files of metrics share: head, table, histogram, numbers; and what htsjdk's histograms tell.

use std::fmt::Write;

use super::Source;

/// A file of metrics that is being written.
pub(super) struct MetricsText(String);

impl MetricsText {
    /// Begins with the head of a tool's file; MultiQC takes the sample's name from what stands behind `INPUT`.
    pub fn of(tool: &str, class: &str, source: Source<'_>) -> Self {
        let Source { program, command, sample } = source;
        const HEADER: &str = "## htsjdk.samtools.metrics.StringHeader";
        Self(format!(
            "{HEADER}\n# {command}\n{HEADER}\n# Counted by {program}, in the form of {tool} INPUT={sample}\n\n\
             ## METRICS CLASS\tpicard.analysis.{class}\n"
        ))
    }

    /// Appends a row of the table; the first is its head.
    pub fn row(&mut self, cells: &[impl AsRef<str>]) {
        for (i, cell) in cells.iter().enumerate() {
            let tab = if i == 0 { "" } else { "\t" };
            let _ = write!(self.0, "{tab}{}", cell.as_ref());
        }
        self.0.push('\n');
    }

    /// Begins the histogram, with the names of its columns.
    pub fn histogram(&mut self, columns: &[String]) {
        self.0 += "\n## HISTOGRAM\tjava.lang.Integer\n";
        self.row(columns);
    }

    /// The text of a table without a histogram.
    pub fn finish_table(mut self) -> String {
        self.0.push('\n');
        self.finish()
    }

    /// The text.
    pub fn finish(mut self) -> String {
        self.0.push('\n');
        self.0
    }
}

/// A number as htsjdk prints it: at most six decimals, half of the last rounded down; `?` for what is none.
pub(super) fn decimal(value: f64) -> String {
    if !value.is_finite() {
        return "?".to_owned();
    }
    // A number that lies half-way has few decimals more: all of them are here.
    let mut text = format!("{value:.40}");
    let cut = text.len() - 34;
    let is_half = text[cut..].starts_with('5') && text[cut + 1..].bytes().all(|digit| digit == b'0');
    match is_half {
        true => text.truncate(cut),
        false => text = format!("{value:.6}"),
    }
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A quotient; 0 where there is nothing to divide by, as in Picard's `MathUtil.divide`.
pub(super) fn quotient(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Values in order, each with how often it was seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Histogram(Vec<(f64, u64)>);

impl Histogram {
    /// Of counts whose index is the value; values that were not seen are not in it.
    pub fn of_counts(counts: &[u64]) -> Self {
        Self::of(counts.iter().enumerate().map(|(value, &count)| (value as u32, count)))
    }

    /// Of values in order.
    pub fn of(values: impl Iterator<Item = (u32, u64)>) -> Self {
        Self(values.filter(|(_, count)| *count > 0).map(|(value, count)| (f64::from(value), count)).collect())
    }

    /// How many were seen.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|(_, count)| count).sum()
    }

    /// The mean.
    pub fn mean(&self) -> f64 {
        self.0.iter().map(|(value, count)| value * *count as f64).sum::<f64>() / self.count() as f64
    }

    /// The standard deviation, of a sample.
    pub fn deviation(&self) -> f64 {
        let mean = self.mean();
        let squares = self.0.iter().map(|(value, count)| *count as f64 * (value - mean).powi(2));
        (squares.sum::<f64>() / (self.count() as f64 - 1.0)).sqrt()
    }

    /// The value in the middle, or half-way between the two that are; 0 where there is none.
    pub fn median(&self) -> f64 {
        let count = self.count();
        (self.value_at(count.div_ceil(2)) + self.value_at(count / 2 + 1)) / 2.0
    }

    /// The value of a rank, the first being 1.
    fn value_at(&self, rank: u64) -> f64 {
        let mut below = 0;
        let found = self.0.iter().find(|(_, count)| {
            below += count;
            below >= rank
        });
        found.or(self.0.last()).map_or(0.0, |(value, _)| *value)
    }

    /// The median of the distances from the median.
    pub fn median_deviation(&self) -> f64 {
        let median = self.median();
        let mut distances: Vec<_> =
            self.0.iter().map(|(value, count)| ((value - median).abs(), *count)).collect();
        distances.sort_by(|one, two| one.0.total_cmp(&two.0));
        Self(distances).median()
    }

    /// The value that was seen most often, the least of several.
    pub fn mode(&self) -> f64 {
        let most = self.0.iter().map(|(_, count)| *count).max();
        self.0.iter().find(|(_, count)| Some(*count) == most).map_or(0.0, |(value, _)| *value)
    }

    /// The least value.
    pub fn lowest(&self) -> f64 {
        self.0.first().map_or(0.0, |(value, _)| *value)
    }

    /// The greatest value.
    pub fn highest(&self) -> f64 {
        self.0.last().map_or(0.0, |(value, _)| *value)
    }

    /// The least value that so large a share of values does not exceed.
    pub fn percentile(&self, share: f64) -> f64 {
        let all = self.count() as f64;
        let mut below = 0;
        let found = self.0.iter().find(|(_, count)| {
            below += count;
            below as f64 / all >= share
        });
        found.map_or(0.0, |(value, _)| *value)
    }

    /// What does not exceed a width.
    pub fn up_to(&self, width: f64) -> Self {
        Self(self.0.iter().copied().filter(|(value, _)| *value <= width).collect())
    }

    /// Values and counts.
    pub fn values(&self) -> &[(f64, u64)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_look_as_in_picard() {
        for (value, text) in [
            (0.0, "0"),
            (350.5, "350.5"),
            (1.0 / 3.0, "0.333333"),
            (0.000_034_2, "0.000034"),
            (0.0234375, "0.023437"),
            (0.0078125, "0.007812"),
            (27.0, "27"),
            (f64::NAN, "?"),
        ] {
            assert_eq!(decimal(value), text);
        }
    }

    #[test]
    fn middles_by_hand() {
        let even = Histogram::of([(10, 1), (20, 1), (31, 2)].into_iter());
        assert_eq!((even.median(), even.mode(), even.highest()), (25.5, 31.0, 31.0));
        assert_eq!(even.median_deviation(), 5.5);
        let odd = Histogram::of([(10, 2), (20, 1)].into_iter());
        assert_eq!((odd.median(), odd.median_deviation()), (10.0, 0.0));
        assert_eq!(Histogram::default().median(), 0.0);
    }
}
