//! `samtools flagstat`.

use std::fmt::Write;

use crate::kinds::{KindCounts, Kinds};

/// The file's text.
#[must_use]
pub fn text(kinds: &Kinds) -> String {
    let mut text = String::new();
    let mut line = |what: &str, count: fn(&KindCounts) -> u64, of: Option<fn(&KindCounts) -> u64>| {
        let (passed, failed) = (count(&kinds.passed), count(&kinds.failed));
        let _ = write!(text, "{passed} + {failed} {what}");
        if let Some(whole) = of {
            let shares = [(passed, whole(&kinds.passed)), (failed, whole(&kinds.failed))];
            let [passed, failed] = shares.map(|(part, whole)| share(part, whole));
            let _ = write!(text, " ({passed} : {failed})");
        }
        text.push('\n');
    };
    line("in total (QC-passed reads + QC-failed reads)", |c| c.all, None);
    line("primary", |c| c.primary, None);
    line("secondary", |c| c.secondary, None);
    line("supplementary", |c| c.supplementary, None);
    line("duplicates", |c| c.duplicates, None);
    line("primary duplicates", |c| c.primary_duplicates, None);
    line("mapped", |c| c.mapped, Some(|c| c.all));
    line("primary mapped", |c| c.primary_mapped, Some(|c| c.primary));
    line("paired in sequencing", |c| c.paired, None);
    line("read1", |c| c.first, None);
    line("read2", |c| c.last, None);
    line("properly paired", |c| c.properly_paired, Some(|c| c.paired));
    line("with itself and mate mapped", |c| c.both_mapped, None);
    line("singletons", |c| c.singletons, Some(|c| c.paired));
    line("with mate mapped to a different chr", |c| c.mate_elsewhere, None);
    line("with mate mapped to a different chr (mapQ>=5)", |c| c.mate_elsewhere_mapq_5, None);
    text
}

/// A percentage, divided in single precision as samtools divides.
fn share(part: u64, whole: u64) -> String {
    match whole {
        0 => "N/A".to_owned(),
        _ => format!("{:.2}%", f64::from(part as f32 / whole as f32) * 100.0),
    }
}
