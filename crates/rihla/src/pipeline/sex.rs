//! Which chromosomes a sample has once, and which twice.

use anyhow::Result;
use rihla_call::Ploidies;
use rihla_core::{Chromosomes, Contigs, Reference, Sex};
use rihla_io::alignments::AlignmentReader;
use rihla_io::bed::read_bed;
use rihla_qc::{ContigLoad, Karyotype, SexEvidence, SexMetrics};
use rihla_shard::Shards;

use super::provenance::CommandLine;
use crate::cli::{PloidyArgs, SexArg};
use crate::exit::{Failure, fault};
use crate::progress::Progress;

/// What the options say, before a read is seen.
pub enum Expected {
    /// As many copies of everything.
    Uniform(usize),
    /// Those of a person.
    Person {
        /// X, Y and the mitochondrion.
        chromosomes: Chromosomes,
        /// The sex, where it is stated, and where.
        stated: Option<(Sex, &'static str)>,
    },
}

impl Expected {
    /// Reads the options; what a sheet says of the sex holds where they leave it open.
    ///
    /// # Errors
    /// A damaged BED file; more than two copies where a gVCF is wanted.
    pub fn new(args: &PloidyArgs, contigs: &Contigs, for_gvcf: bool, by_sheet: Option<Sex>) -> Result<Self> {
        let copies = args.ploidy.or((args.sex == SexArg::None).then_some(2));
        if let Some(copies) = copies {
            if for_gvcf && copies > 2 {
                let message =
                    format!("a gVCF is written of one or two copies of a chromosome, not of {copies}");
                return Err(fault(Failure::Usage, message));
            }
            return Ok(Self::Uniform(usize::from(copies)));
        }
        let par = args.par.as_ref().map(|path| read_bed(path, contigs)).transpose()?;
        let stated = match args.sex {
            SexArg::Female => Some((Sex::Female, "--sex")),
            SexArg::Male => Some((Sex::Male, "--sex")),
            SexArg::Auto | SexArg::None => by_sheet.map(|sex| (sex, "the sheet's sex")),
        };
        Ok(Self::Person { chromosomes: Chromosomes::of(contigs, par.as_ref()), stated })
    }

    /// Copies everywhere, those that are expected, and what the report says of the sex, where there is an X or a Y to tell it by. What contradicts the
    /// options, and what stays unclear, is a warning.
    pub fn decide(
        self,
        reference: &Reference,
        amounts: &[u64],
        reads: u64,
        progress: &Progress,
    ) -> (Ploidies, Karyotype, Option<SexMetrics>) {
        let contigs = reference.contigs();
        let (chromosomes, source) = match self {
            Self::Uniform(ploidy) => {
                let chromosomes = Chromosomes::of(contigs, None);
                return (Ploidies::uniform(ploidy), Karyotype { chromosomes, sex: None, ploidy }, None);
            }
            Self::Person { chromosomes, stated } => (chromosomes, stated),
        };
        let of_person = |sex: Option<Sex>| {
            let karyotype = Karyotype { chromosomes: chromosomes.clone(), sex, ploidy: 2 };
            (Ploidies::of_person(chromosomes.clone(), sex), karyotype)
        };
        let stated = source.map(|(sex, _)| sex);
        if chromosomes.x().is_none() && chromosomes.y().is_none() {
            let (ploidies, karyotype) = of_person(stated);
            return (ploidies, karyotype, None);
        }
        let evidence = SexEvidence::of(contigs, &chromosomes, &loads(reference, amounts), reads);
        let metrics = SexMetrics::new(stated, evidence);
        let inferred = evidence.sex();
        let ratios = || {
            let text = |ratio: Option<f64>| ratio.map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
            let (x, y) = (text(evidence.x_ratio), text(evidence.y_ratio));
            format!("X has {x} and Y {y} of the autosomes' depth")
        };
        let sex = match (stated, inferred) {
            (Some(stated), Some(inferred)) if stated != inferred => {
                let source = source.map_or("", |(_, source)| source);
                progress.warn(&format!("{source} is {stated}, but the reads look {inferred}: {}", ratios()));
                Some(stated)
            }
            (Some(stated), _) => Some(stated),
            (None, Some(inferred)) => {
                progress.say(&format!("the reads look {inferred}: {}", ratios()));
                Some(inferred)
            }
            (None, None) if evidence.x_ratio.is_some() => {
                let advice = "X and Y are called with two copies; give --sex if it is known";
                progress.warn(&format!("the sex is unclear: {}; {advice}", ratios()));
                None
            }
            (None, None) => None,
        };
        if sex.is_some() && chromosomes.lacks_par() {
            progress
                .warn("no pseudoautosomal regions are known for this reference; give --par if it has any");
        }
        let (ploidies, karyotype) = of_person(sex);
        (ploidies, karyotype, Some(metrics))
    }
}

/// Adds what shapes the calls to a command line.
#[must_use]
pub fn describe(command: CommandLine, args: &PloidyArgs) -> CommandLine {
    let command = match args.sex {
        SexArg::Auto => command,
        SexArg::Female => command.option("sex", "female"),
        SexArg::Male => command.option("sex", "male"),
        SexArg::None => command.option("sex", "none"),
    };
    let command = command.optional_path("par", args.par.as_deref());
    match args.ploidy {
        Some(copies) => command.option("ploidy", copies.to_string()),
        None => command,
    }
}

/// Bytes of records by contig, and the number of records.
#[must_use]
pub fn of_shards(shards: &Shards, contigs: &Contigs) -> (Vec<u64>, u64) {
    let mut bytes = vec![0; contigs.len()];
    for bin in 0..shards.bins() {
        if let Some(interval) = shards.interval(bin) {
            bytes[interval.contig as usize] += shards.bin_bytes(bin);
        }
    }
    (bytes, shards.records_in())
}

/// Reads by contig as the index of a BAM counts them, and their sum; of a CRAM, whose index does not, the bytes of its
/// slices.
#[must_use]
pub fn of_index(alignments: &AlignmentReader, contigs: &Contigs) -> (Vec<u64>, u64) {
    let amounts: Vec<u64> = (0..contigs.len()).map(|id| alignments.amount(id as u32)).collect();
    let sum = amounts.iter().sum();
    (amounts, sum)
}

fn loads(reference: &Reference, amounts: &[u64]) -> Vec<ContigLoad> {
    let known = known_bases(reference).into_iter();
    known.zip(amounts).map(|(bases, &amount)| ContigLoad { amount, bases }).collect()
}

/// Bases of each contig that are not ambiguous.
#[must_use]
pub fn known_bases(reference: &Reference) -> Vec<u64> {
    let unknown = |start: u64, end: u64| -> u64 {
        let ranges = reference.ambiguous();
        let first = ranges.partition_point(|range| range.end <= start);
        let inside = ranges[first..].iter().take_while(|range| range.start < end);
        inside.map(|range| range.end.min(end) - range.start.max(start)).sum()
    };
    let contigs = reference.contigs().iter().enumerate();
    contigs
        .map(|(id, contig)| {
            let start = reference.offset(id as u32);
            let length = u64::from(contig.length);
            length - unknown(start, start + length)
        })
        .collect()
}
