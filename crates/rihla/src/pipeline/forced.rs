//! Alleles that are judged and written whatever the reads say: `--alleles`.

use std::path::Path;

use anyhow::Result;
use rihla_call::ForcedAlleles;
use rihla_core::{IntervalSet, Reference};
use rihla_io::vcf::{VcfLines, VcfRecord};

use crate::progress::{Progress, grouped};

/// Why alleles of a list are left out.
#[derive(Default)]
struct LeftOut {
    /// Symbolic ones, breakends, and `*`.
    unspelled: u64,
    /// Those outside of the regions.
    outside: u64,
}

/// Reads the alleles of a VCF; how many are left out, and why, is said.
///
/// # Errors
/// What is wrong with the file; a contig that the reference lacks, a REF that is not the reference's.
pub fn read_alleles(
    path: Option<&Path>,
    reference: &Reference,
    regions: Option<&IntervalSet>,
    progress: &Progress,
) -> Result<ForcedAlleles> {
    let mut alleles = ForcedAlleles::default();
    let Some(path) = path else { return Ok(alleles) };
    let mut lines = VcfLines::open(path)?;
    let mut left_out = LeftOut::default();
    while let Some(line) = lines.next_line()? {
        let added = add(line, reference, regions, &mut alleles, &mut left_out);
        added.map_err(|problem| lines.problem(problem))?;
    }
    left_out.tell(path, progress);
    Ok(alleles.sorted())
}

fn add(
    line: &[u8],
    reference: &Reference,
    regions: Option<&IntervalSet>,
    alleles: &mut ForcedAlleles,
    left_out: &mut LeftOut,
) -> Result<(), String> {
    let record = VcfRecord::parse(line, None, reference.contigs())?;
    for alternate in &record.alternates {
        if !alternate.iter().all(u8::is_ascii_alphabetic) {
            left_out.unspelled += 1;
            continue;
        }
        let places =
            alleles.add(reference, (record.contig, record.position), (&record.reference, alternate))?;
        let outside = |&at: &u32| regions.is_some_and(|regions| !regions.contains(record.contig, at));
        left_out.outside += u64::from(places.iter().any(outside));
    }
    Ok(())
}

impl LeftOut {
    fn tell(&self, path: &Path, progress: &Progress) {
        let said = |count, one: &str, more: &str| match count {
            0 => {}
            1 => progress.warn(&format!("{}: 1 allele {one}", path.display())),
            _ => progress.warn(&format!("{}: {} alleles {more}", path.display(), grouped(count))),
        };
        let unspelled = "not spelled out (<...>, * or a breakend) and not judged";
        said(self.unspelled, &format!("is {unspelled}"), &format!("are {unspelled}"));
        let outside = "outside of --regions; what lies there is not judged";
        said(self.outside, &format!("lies {outside}"), &format!("lie {outside}"));
    }
}
