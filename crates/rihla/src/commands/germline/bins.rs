//! The second half of the work: each bin is called, counted and encoded, and what comes of it is written in order.

use std::path::PathBuf;

use anyhow::Result;
use rihla_core::{Pack, Unpack};
use rihla_io::AtomicSet;
use rihla_io::sorted::{SortedBlock, SortedEncoder, SortedFormat, SortedWriter};
use rihla_io::vcf::VcfWriter;
use rihla_qc::{BinMetrics, PanelCounts};
use rihla_shard::Shards;

use super::{Job, Looks};
use crate::ordered::for_each_ordered;
use crate::pipeline::accounts::{Accounts, BinAccount};
use crate::pipeline::bins::{BinCalls, Calling};
use crate::pipeline::calls;
use crate::pipeline::duplicates::{kept, left_out};
use crate::pipeline::gvcf::Gvcf;
use crate::pipeline::metrics::{Measure, Metrics};
use crate::pipeline::provenance::bam_header;
use crate::pipeline::resume::{self, Resume};
use crate::pipeline::room::Room;

/// What one bin gives.
struct BinResult {
    block: SortedBlock,
    calls: BinCalls,
    metrics: BinMetrics,
    sites: PanelCounts,
    account: BinAccount,
}

impl Pack for BinResult {
    fn pack(&self, out: &mut Vec<u8>) {
        let Self { block, calls, metrics, sites, account } = self;
        block.pack(out);
        calls.pack(out);
        metrics.pack(out);
        sites.pack(out);
        account.pack(out);
    }

    fn unpack(from: &mut Unpack<'_>) -> Option<Self> {
        let (block, calls, metrics) = (from.read()?, from.read()?, from.read()?);
        Some(Self { block, calls, metrics, sites: from.read()?, account: from.read()? })
    }
}

/// The files that bins are written to, one after another.
pub struct BinFiles<'a> {
    encoder: SortedEncoder,
    writers: Writers<'a>,
}

struct Writers<'a> {
    alignments: SortedWriter,
    vcf: VcfWriter,
    gvcf: Option<Gvcf<'a>>,
}

impl<'a> BinFiles<'a> {
    /// Creates them.
    ///
    /// # Errors
    /// When one cannot be created.
    pub fn create(job: &Job<'a>, format: SortedFormat) -> Result<Self> {
        let Job { args, sample, outputs, reference, command, .. } = *job;
        let header = bam_header(job.index, sample, command);
        let alignments = SortedWriter::create(&outputs.alignments, &header, format)?;
        let encoder = SortedEncoder::new(format, reference, &header);
        let header = calls::header(reference, &args.reference.reference, &sample.name, command);
        let create_gvcf = |path: &PathBuf| Gvcf::create(path, &header, &args.gvcf_form, reference);
        let gvcf = outputs.gvcf.as_ref().map(create_gvcf).transpose()?;
        let vcf = VcfWriter::create(&outputs.vcf, &header.with_allele_annotations(args.allele_annotations))?;
        Ok(Self { encoder, writers: Writers { alignments, vcf, gvcf } })
    }

    /// Ends the files, which wait for their names.
    ///
    /// # Errors
    /// When one cannot be written.
    pub fn seal(self) -> Result<AtomicSet> {
        let Writers { alignments, vcf, gvcf } = self.writers;
        let mut files = alignments.seal()?;
        files.append(vcf.seal()?);
        if let Some(gvcf) = gvcf {
            files.append(gvcf.seal()?);
        }
        Ok(files)
    }
}

impl Writers<'_> {
    fn write(&mut self, block: &SortedBlock, calls: BinCalls) -> Result<()> {
        self.alignments.append(block)?;
        calls.variants.iter().try_for_each(|variant| self.vcf.write(variant))?;
        if let (Some(gvcf), Some(part)) = (&mut self.gvcf, calls.gvcf) {
            gvcf.push(part)?;
        }
        Ok(())
    }
}

/// What was counted of all bins, beside the metrics.
pub struct Totals<'a> {
    /// Reads at the sites of the panel.
    pub sites: PanelCounts,
    /// Records by read group.
    pub accounts: Accounts<'a>,
    /// Records that were written.
    pub records: u64,
    /// Variants that were written.
    pub variants: u64,
}

/// Works on all bins.
///
/// # Errors
/// Spilled records cannot be read back, or a file cannot be written.
pub fn run<'a>(
    job: &Job<'a>,
    (calling, looks): (&Calling<'_>, &Looks),
    (shards, room): (&Shards, &Room<'_>),
    resume: Option<&Resume>,
    (files, metrics): (&mut BinFiles<'_>, &mut Metrics),
) -> Result<Totals<'a>> {
    let Job { context, args, sample, reference, .. } = *job;
    let measure = Measure {
        reference,
        regions: calling.regions(),
        targets: looks.targets.as_ref(),
        left_out: left_out(&args.duplicates),
    };
    let accounts = Accounts::new(sample, &args.duplicates);
    let mut totals = Totals { sites: PanelCounts::default(), accounts, records: 0, variants: 0 };
    let count = totals.accounts.counter();
    let stage = context.progress.stage("call", "bins", shards.bins() as u64);
    let BinFiles { encoder, writers } = files;
    let work = |number: usize| {
        resume::bin(resume, shards, number, || {
            let _room = room.take(number)?;
            let bin = shards.load(number)?;
            shards.release(number);
            let calls = match bin.interval {
                Some(interval) => calling.call(interval, &bin.records, &mut calling.scratch()),
                None => BinCalls::default(),
            };
            let metrics = measure.bin(&bin);
            let sites = looks.panel.as_ref().map(|panel| panel.count(bin.interval, &bin.records));
            let sites = sites.unwrap_or_default();
            let block = encoder.encode(kept(&bin, &args.duplicates));
            Ok(BinResult { block, calls, metrics, sites, account: count.of(&bin) })
        })
    };
    for_each_ordered(&context.pool, shards.bins(), work, |_, result| {
        stage.add(1);
        totals.records += result.block.records();
        totals.variants += result.calls.variants.len() as u64;
        metrics.add(&result.metrics, &result.calls.variants);
        totals.sites.merge(&result.sites);
        totals.accounts.add(&result.account);
        writers.write(&result.block, result.calls)
    })?;
    metrics.end_stage("call", stage.finish());
    resume.iter().for_each(|resume| resume.tell_bins(&context.progress));
    Ok(totals)
}
