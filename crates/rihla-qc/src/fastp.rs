//! What was trimmed, in the form of fastp's JSON, which MultiQC reads. `docs/trimming.md` has the keys.

use serde_json::{Value, json};

use crate::input::InputCounts;

/// Counts of a run that trimmed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FastpReport {
    /// The command.
    pub command: String,
    /// Name of the sample; MultiQC takes it from behind the command.
    pub sample: String,
    /// Reads as they came.
    pub before: FastpReads,
    /// Reads that were fit to be aligned, as they were then.
    pub after: FastpReads,
    /// Reads of which too little was left.
    pub too_short: u64,
    /// Adapters that were cut.
    pub adapter: FastpCut,
    /// Adapters that were looked for behind first and second mates.
    pub adapters: [String; 2],
    /// Tails of G that were cut.
    pub poly_g: FastpCut,
    /// Tails of low quality that were cut.
    pub quality: FastpCut,
}

/// Reads at one side of trimming.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FastpReads {
    /// All of them.
    pub counts: InputCounts,
    /// First mates and single reads; second mates, where there are some.
    pub mates: Vec<FastpMate>,
}

/// The reads of one end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FastpMate {
    /// Reads that have bases.
    pub reads: u64,
    /// Bases.
    pub bases: u64,
    /// Mean quality by cycle.
    pub mean_qualities: Vec<f64>,
}

/// Reads that lost something, and the bases that they lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FastpCut {
    /// Reads.
    pub reads: u64,
    /// Bases.
    pub bases: u64,
}

impl FastpReport {
    /// The report as indented JSON with a line end: first the summary, which MultiQC wants within 50 lines to know the
    /// file, then all else, keys sorted.
    #[must_use]
    pub fn to_json(&self) -> String {
        let Self { before, after, adapter, poly_g, quality, .. } = self;
        let cycles = |mate: &FastpMate| format!("{} cycles", mate.mean_qualities.len());
        let lengths: Vec<String> = before.mates.iter().map(cycles).collect();
        let ends = if before.mates.len() > 1 { "paired" } else { "single" };
        let summary = json!({
            "sequencing": format!("{ends} end ({})", lengths.join(" + ")),
            "before_filtering": before.summary(),
            "after_filtering": after.summary(),
        });
        let mut report = json!({
            "filtering_result": {
                "passed_filter_reads": after.counts.reads,
                "low_quality_reads": 0,
                "too_many_N_reads": 0,
                "too_short_reads": self.too_short,
                "too_long_reads": 0,
            },
            "adapter_cutting": {
                "adapter_trimmed_reads": adapter.reads,
                "adapter_trimmed_bases": adapter.bases,
                "read1_adapter_sequence": self.adapters[0],
                "read2_adapter_sequence": self.adapters[1],
            },
            "polyg_trimming": { "trimmed_reads": poly_g.reads, "trimmed_bases": poly_g.bases },
            "quality_trimming": { "trimmed_reads": quality.reads, "trimmed_bases": quality.bases },
            "command": format!("{} # fastp --report_title {}", self.command, self.sample),
        });
        for (side, reads) in [("before", before), ("after", after)] {
            for (mate, number) in reads.mates.iter().zip(1..) {
                report[format!("read{number}_{side}_filtering")] = mate.curves();
            }
        }
        let (summary, report) = (format!("{summary:#}").replace('\n', "\n  "), format!("{report:#}"));
        let rest = report.strip_prefix('{').unwrap_or_default();
        format!("{{\n  \"summary\": {summary},{rest}\n")
    }
}

impl FastpReads {
    fn summary(&self) -> Value {
        let InputCounts { reads, bases, q20_bases, q30_bases, gc_bases, .. } = self.counts;
        let mut summary = json!({
            "total_reads": reads,
            "total_bases": bases,
            "q20_bases": q20_bases,
            "q30_bases": q30_bases,
            "q20_rate": rate(q20_bases, bases),
            "q30_rate": rate(q30_bases, bases),
            "gc_content": rate(gc_bases, bases),
        });
        for (mate, number) in self.mates.iter().zip(1..) {
            let mean = mate.bases.checked_div(mate.reads).unwrap_or(0);
            summary[format!("read{number}_mean_length")] = mean.into();
        }
        summary
    }
}

impl FastpMate {
    fn curves(&self) -> Value {
        let means: Vec<f64> = self.mean_qualities.iter().map(|&mean| rounded(mean)).collect();
        json!({
            "total_reads": self.reads,
            "total_bases": self.bases,
            "total_cycles": means.len(),
            "quality_curves": { "mean": means },
        })
    }
}

/// A quotient to six decimals; 0 of nothing, as fastp has it.
fn rate(part: u64, whole: u64) -> f64 {
    rounded(part as f64 / whole.max(1) as f64)
}

fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_fastp() {
        let mate = FastpMate { reads: 2, bases: 7, mean_qualities: vec![30.0, 31.123_456_78] };
        let counts =
            InputCounts { reads: 4, bases: 14, q20_bases: 7, gc_bases: 14, ..InputCounts::default() };
        let side = FastpReads { counts, mates: vec![mate.clone(), mate] };
        let report = FastpReport {
            command: "rihla align".to_owned(),
            sample: "S".to_owned(),
            before: side.clone(),
            after: FastpReads { mates: vec![], ..side },
            too_short: 1,
            adapter: FastpCut { reads: 2, bases: 9 },
            ..FastpReport::default()
        };
        let text = report.to_json();
        let place = text.lines().position(|line| line.contains("\"before_filtering\": {"));
        assert!(place < Some(50), "MultiQC looks no further: {text}");
        let json: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(json["summary"]["before_filtering"]["q20_rate"], 0.5);
        assert_eq!(json["summary"]["before_filtering"]["read2_mean_length"], 3);
        assert_eq!(json["summary"]["sequencing"], "paired end (2 cycles + 2 cycles)");
        assert_eq!(json["filtering_result"]["too_short_reads"], 1);
        assert_eq!(json["adapter_cutting"]["adapter_trimmed_bases"], 9);
        assert_eq!(json["read1_before_filtering"]["quality_curves"]["mean"][1], 31.123_457);
        assert!(json.get("read1_after_filtering").is_none());
        assert_eq!(json["command"], "rihla align # fastp --report_title S");
    }
}
