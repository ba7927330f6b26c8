//! Where calls go: the VCF and, where one is wanted, the gVCF; of a part of a run, those lines that begin in it.

use anyhow::Result;
use rihla_call::GvcfPart;
use rihla_core::Interval;
use rihla_io::AtomicSet;
use rihla_io::vcf::VcfWriter;

use crate::pipeline::bins::{BinCalls, CALL_BASES};
use crate::pipeline::gvcf::Gvcf;
use crate::pipeline::part::Part;

/// Bases behind a run that are looked at first for the end of its last block.
const FIRST_STEP: u32 = 1 << 12;

/// The files of a run.
pub struct Output<'a> {
    /// The VCF.
    pub vcf: VcfWriter,
    /// The gVCF.
    pub gvcf: Option<Gvcf<'a>>,
    /// What is written; everything when `None`.
    pub part: Option<Part>,
}

impl Output<'_> {
    /// Appends the calls of the next stretch of a run; gives how many records the VCF got.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn push(&mut self, run: Interval, calls: BinCalls) -> Result<usize> {
        let mut count = 0;
        let part = self.part.as_ref();
        let held = |contig, at| part.is_none_or(|part| part.holds(contig, at));
        for variant in calls.variants.iter().filter(|variant| held(variant.contig, variant.position)) {
            self.vcf.write(variant)?;
            count += 1;
        }
        if let (Some(gvcf), Some(lines)) = (&mut self.gvcf, calls.gvcf) {
            gvcf.push_held(lines, |contig, at| run.contains(contig, at) && held(contig, at))?;
        }
        Ok(count)
    }

    /// Ends a run: its last block goes on until it is whole. `call` gives the gVCF of what lies behind; `None` where nothing is
    /// called there.
    ///
    /// # Errors
    /// Those of `call`; a file cannot be written.
    pub fn end_run(
        &mut self,
        run: Interval,
        contig_length: u32,
        mut call: impl FnMut(Interval) -> Result<Option<GvcfPart>>,
    ) -> Result<()> {
        let Some(gvcf) = &mut self.gvcf else { return Ok(()) };
        let part = self.part.as_ref();
        let held = |contig, at| run.contains(contig, at) && part.is_none_or(|part| part.holds(contig, at));
        let (mut from, mut step) = (run.end, FIRST_STEP);
        let goes_on = |open: Interval, from| open.end == from && open.start < run.end && from < contig_length;
        while gvcf.open().is_some_and(|open| goes_on(open, from)) {
            let next = Interval::new(run.contig, from, from.saturating_add(step).min(contig_length));
            let Some(lines) = call(next)? else { break };
            gvcf.push_held(lines, held)?;
            (from, step) = (next.end, (2 * step).min(CALL_BASES));
        }
        gvcf.end_run(held)
    }

    /// Ends the files, which wait for their names.
    ///
    /// # Errors
    /// A file cannot be written.
    pub fn seal(self) -> Result<AtomicSet> {
        let mut files = self.vcf.seal()?;
        if let Some(gvcf) = self.gvcf {
            files.append(gvcf.seal()?);
        }
        Ok(files)
    }
}
