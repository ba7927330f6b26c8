//! Genome bins in, calls out: what is done with each bin on a worker thread.

use anyhow::Result;
use rihla_call::{Bands, CallOptions, CallScratch, Caller, FILTERS, ForcedAlleles, GvcfPart, Ploidies};
use rihla_core::{Contigs, Interval, IntervalSet, Pack, RecordArena, Reference, Unpack, VariantRecord};

use crate::context::Context;
use crate::exit::{Failure, fault};
use crate::pipeline::provenance::CommandLine;

/// Bases of reads beside an interval that its calls depend on.
pub const HALO: u32 = 1_000;

/// Length of the intervals that a BAM is called in.
pub const CALL_BASES: u32 = 1 << 20;

/// Calls variants in intervals.
pub struct Calling<'a> {
    reference: &'a Reference,
    caller: Caller,
    regions: Option<IntervalSet>,
    /// Bands of the gVCF, where one is wanted.
    bands: Option<Bands>,
}

/// The calls of a bin.
#[derive(Default)]
pub struct BinCalls {
    /// Variants by position.
    pub variants: Vec<VariantRecord>,
    /// The bin's part of the gVCF, where one is wanted.
    pub gvcf: Option<GvcfPart>,
}

impl Pack for BinCalls {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { variants, gvcf } = self;
        variants.len().pack(out);
        variants.iter().for_each(|variant| variant.pack(out));
        gvcf.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let count: usize = from.read()?;
        let variants = (0..count).map(|_| VariantRecord::unpack(from, FILTERS)).collect::<Option<_>>()?;
        Some(Self { variants, gvcf: from.read()? })
    }
}

impl<'a> Calling<'a> {
    /// Calls everywhere, or in `regions` only; for a gVCF, too, when there are `bands`.
    #[must_use]
    pub fn new(
        context: &Context,
        (reference, ploidies): (&'a Reference, Ploidies),
        regions: Option<IntervalSet>,
        bands: Option<Bands>,
        options: CallOptions,
    ) -> Self {
        let caller = Caller::new(options, context.simd).with_ploidies(ploidies);
        Self { reference, caller, regions, bands }
    }

    /// Also judges these alleles, whatever the reads say.
    #[must_use]
    pub fn with_alleles(self, alleles: ForcedAlleles) -> Self {
        Self { caller: self.caller.with_forced(alleles), ..self }
    }

    /// Writes SNPs on one chromosome copy, at most so many bases apart, as one record.
    #[must_use]
    pub fn with_max_mnp_distance(self, distance: u8) -> Self {
        Self { caller: self.caller.with_max_mnp_distance(distance.into()), ..self }
    }

    /// Writes GATK's `AS_` annotations, too, where they are wanted.
    #[must_use]
    pub fn with_allele_annotations(self, wanted: bool) -> Self {
        Self { caller: self.caller.with_allele_annotations(wanted), ..self }
    }

    /// Where calls are made; everywhere when `None`.
    #[must_use]
    pub fn regions(&self) -> Option<&IntervalSet> {
        self.regions.as_ref()
    }

    /// Memory for one bin's calls.
    #[must_use]
    pub fn scratch(&self) -> CallScratch {
        self.caller.scratch()
    }

    /// The part of an interval that is to be called: from its first to its last base of the regions.
    #[must_use]
    pub fn wanted(&self, interval: Interval) -> Option<Interval> {
        let Some(regions) = &self.regions else { return Some(interval) };
        let inside = regions.overlapping(&interval);
        let (first, last) = (inside.first()?, inside.last()?);
        Some(Interval::new(interval.contig, first.start.max(interval.start), last.end.min(interval.end)))
    }

    /// The calls whose position is inside the interval (and the regions). `records` are sorted and
    /// reach [`HALO`] bases beyond it.
    #[must_use]
    pub fn call(&self, interval: Interval, records: &RecordArena, scratch: &mut CallScratch) -> BinCalls {
        let Some(wanted) = self.wanted(interval) else { return BinCalls::default() };
        let (output, gvcf) = match &self.bands {
            None => (self.caller.call(self.reference, wanted, records, scratch), None),
            Some(bands) => {
                let form = (&self.pieces(wanted)[..], bands);
                let (output, part) = self.caller.call_gvcf(self.reference, wanted, form, records, scratch);
                (output, Some(part))
            }
        };
        let mut variants = output.variants;
        if let Some(regions) = &self.regions {
            variants.retain(|variant| regions.contains(variant.contig, variant.position));
        }
        BinCalls { variants, gvcf }
    }

    /// The stretches of an interval that are in the regions.
    fn pieces(&self, interval: Interval) -> Vec<Interval> {
        let Some(regions) = &self.regions else { return vec![interval] };
        let inside = |piece: &Interval| {
            Interval::new(interval.contig, piece.start.max(interval.start), piece.end.min(interval.end))
        };
        regions.overlapping(&interval).iter().map(inside).collect()
    }
}

/// Adds the option to a command line, where it is not the usual.
#[must_use]
pub fn describe_mnps(command: CommandLine, distance: u8) -> CommandLine {
    match distance {
        0 => command,
        _ => command.option("max-mnp-distance", distance.to_string()),
    }
}

/// An interval cut into pieces of a length, the last one shorter.
pub fn cut_interval(interval: Interval, length: u32) -> impl Iterator<Item = Interval> {
    let Interval { contig, start, end } = interval;
    let piece = move |from: u32| Interval::new(contig, from, from.saturating_add(length).min(end));
    (start..end).step_by(length as usize).map(piece)
}

/// Reads the regions of a BED file; an empty file is an error, as no base could be called.
///
/// # Errors
/// What is wrong with the file; contigs that the reference does not have.
pub fn read_regions(path: Option<&std::path::Path>, contigs: &Contigs) -> Result<Option<IntervalSet>> {
    read_bed_with_bases(path, contigs, "--regions")
}

/// Reads the intervals of a BED file, which is the value of an option.
///
/// # Errors
/// As [`read_regions`].
pub fn read_bed_with_bases(
    path: Option<&std::path::Path>,
    contigs: &Contigs,
    option: &str,
) -> Result<Option<IntervalSet>> {
    let Some(path) = path else { return Ok(None) };
    let regions = rihla_io::bed::read_bed(path, contigs)?;
    if regions.is_empty() {
        let message =
            format!("{}: holds no interval; give at least one, or leave {option} out", path.display());
        return Err(fault(Failure::Data, message));
    }
    Ok(Some(regions))
}
