//! What duplicate marking says about a library, in Picard's terms.

use rihla_core::library;

/// Counts of one library; the fields are those of Picard's `DuplicationMetrics`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DuplicateMetrics {
    /// Primary, mapped reads without a mapped mate.
    pub unpaired_reads_examined: u64,
    /// Pairs of primary, mapped reads.
    pub read_pairs_examined: u64,
    /// Mapped records that are secondary or supplementary.
    pub secondary_or_supplementary_reads: u64,
    /// Unmapped records.
    pub unmapped_reads: u64,
    /// Of the unpaired reads, those marked as duplicates.
    pub unpaired_read_duplicates: u64,
    /// Of the pairs, those marked as duplicates.
    pub read_pair_duplicates: u64,
    /// Of the duplicate pairs, those that arose on the flow cell.
    pub read_pair_optical_duplicates: u64,
}

impl DuplicateMetrics {
    /// The columns of Picard's metrics file, in its order.
    pub const PICARD_COLUMNS: [&'static str; 10] = [
        "LIBRARY",
        "UNPAIRED_READS_EXAMINED",
        "READ_PAIRS_EXAMINED",
        "SECONDARY_OR_SUPPLEMENTARY_RDS",
        "UNMAPPED_READS",
        "UNPAIRED_READ_DUPLICATES",
        "READ_PAIR_DUPLICATES",
        "READ_PAIR_OPTICAL_DUPLICATES",
        "PERCENT_DUPLICATION",
        "ESTIMATED_LIBRARY_SIZE",
    ];

    /// The values under [`PICARD_COLUMNS`](Self::PICARD_COLUMNS), as Picard prints them: at most six
    /// decimals, nothing for an unknown library size.
    #[must_use]
    pub fn picard_row(&self, library: &str) -> [String; 10] {
        [
            library.to_owned(),
            self.unpaired_reads_examined.to_string(),
            self.read_pairs_examined.to_string(),
            self.secondary_or_supplementary_reads.to_string(),
            self.unmapped_reads.to_string(),
            self.unpaired_read_duplicates.to_string(),
            self.read_pair_duplicates.to_string(),
            self.read_pair_optical_duplicates.to_string(),
            decimal(self.duplication()),
            self.estimated_library_size().map_or_else(String::new, |size| size.to_string()),
        ]
    }

    /// How many times as many distinct pairs as now this library would give if it were sequenced `times` times as
    /// much (Picard's `EstimateLibraryComplexity` return on investment); `None` where its size is not known.
    #[must_use]
    pub fn coverage_gain(&self, times: f64) -> Option<f64> {
        let (pairs, duplicates) = (self.read_pairs_examined, self.read_pair_duplicates);
        Some(library::gain(self.estimated_library_size()?, times, pairs, pairs - duplicates))
    }

    /// Share of the examined reads that are duplicates, 0 to 1 (Picard's `PERCENT_DUPLICATION`).
    #[must_use]
    pub fn duplication(&self) -> f64 {
        let examined = self.unpaired_reads_examined + 2 * self.read_pairs_examined;
        let duplicates = self.unpaired_read_duplicates + 2 * self.read_pair_duplicates;
        if examined == 0 { 0.0 } else { duplicates as f64 / examined as f64 }
    }

    /// Number of distinct molecules in the library that the pairs were drawn from; `None` when there
    /// is no duplicate to tell by, or nothing but optical ones.
    ///
    /// By [`library::estimated_size`], optical duplicates left out.
    #[must_use]
    pub fn estimated_library_size(&self) -> Option<u64> {
        let pairs = self.read_pairs_examined.saturating_sub(self.read_pair_optical_duplicates);
        let distinct = self.read_pairs_examined.saturating_sub(self.read_pair_duplicates);
        library::estimated_size(pairs, distinct)
    }
}

/// The metrics of some libraries, each with its name, as a file of Picard MarkDuplicates: the rows and, for a single
/// library whose size is known, how its coverage grows with further sequencing. `command` goes into the head, and so does `sample`, for
/// MultiQC, which reads the sample's name there.
#[must_use]
pub fn picard_metrics<'a>(
    command: &str,
    sample: &str,
    libraries: impl IntoIterator<Item = (&'a str, &'a DuplicateMetrics)>,
) -> String {
    const HEADER: &str = "## htsjdk.samtools.metrics.StringHeader";
    let mut text =
        format!("{HEADER}\n# {command}\n{HEADER}\n# In the form of MarkDuplicates INPUT={sample}\n\n");
    text += "## METRICS CLASS\tpicard.sam.DuplicationMetrics\n";
    text += &DuplicateMetrics::PICARD_COLUMNS.join("\t");
    text.push('\n');
    let libraries: Vec<_> = libraries.into_iter().collect();
    for (name, metrics) in &libraries {
        text += &metrics.picard_row(name).join("\t");
        text.push('\n');
    }
    if let [(_, only)] = libraries[..]
        && only.estimated_library_size().is_some()
    {
        text += "\n## HISTOGRAM\tjava.lang.Double\nBIN\tCoverageMult\n";
        for times in 1..=100 {
            let gain = only.coverage_gain(f64::from(times)).unwrap_or_default();
            text += &format!("{times}.0\t{}\n", decimal(gain));
        }
    }
    text.push('\n');
    text
}

/// At most six decimals, as Picard prints.
fn decimal(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn library_size_solves_the_equation() {
        let metrics = DuplicateMetrics {
            read_pairs_examined: 1_000_000,
            read_pair_duplicates: 120_000,
            read_pair_optical_duplicates: 20_000,
            ..Default::default()
        };
        let size = metrics.estimated_library_size().expect("there are duplicates") as f64;
        let distinct = size * (1.0 - (-980_000.0 / size).exp());
        assert!((distinct - 880_000.0).abs() < 2.0, "{size} gives {distinct}");
        assert!((metrics.duplication() - 0.12).abs() < 1e-12);
    }

    #[test]
    fn library_size_is_unknown_without_duplicates() {
        let mut metrics = DuplicateMetrics { read_pairs_examined: 10, ..Default::default() };
        assert_eq!(metrics.estimated_library_size(), None);
        (metrics.read_pair_duplicates, metrics.read_pair_optical_duplicates) = (4, 4);
        assert_eq!(metrics.estimated_library_size(), None);
        assert_eq!(DuplicateMetrics::default().duplication(), 0.0);
    }

    #[test]
    fn rows_print_as_picards() {
        let metrics = DuplicateMetrics {
            unpaired_reads_examined: 1,
            read_pairs_examined: 4,
            read_pair_duplicates: 1,
            ..Default::default()
        };
        let row = metrics.picard_row("lib");
        assert_eq!(row.join("\t"), "lib\t1\t4\t0\t0\t0\t1\t0\t0.222222\t6");
        assert_eq!(DuplicateMetrics::default().picard_row("x")[8..], ["0", ""]);
    }
}
