//! Calls with their features, and whether they are true.

use std::path::{Path, PathBuf};

use rihla_call::score::features::COUNT;
use rihla_core::{Interval, IntervalSet, Reference};
use rihla_io::vcf::{VcfLines, VcfRecord, read_vcf};
use rihla_truth::{CompareOptions, Decision, Filter, TruthVariant, judge};

/// A set of calls and its truth.
#[derive(Clone, Debug)]
pub struct Set {
    /// Number of the set.
    pub number: usize,
    /// FASTA of the truth.
    pub reference: PathBuf,
    /// Calls, made with `--score features`.
    pub calls: PathBuf,
    /// True variants.
    pub truth: PathBuf,
    /// Where the truth is known.
    pub bed: PathBuf,
    /// What each of its calls weighs.
    pub weight: f64,
}

/// A call.
#[derive(Clone, Debug)]
pub struct LabelledCall {
    /// Number of its set.
    pub set: usize,
    /// Contig id.
    pub contig: u32,
    /// 0-based position.
    pub position: u32,
    /// What the model is told.
    pub features: Vec<f32>,
    /// Whether an ALT allele is there.
    pub has_allele: bool,
    /// Whether the genotype is right.
    pub has_genotype: bool,
    /// What it weighs.
    pub weight: f64,
    /// Whether it passes the hard filters.
    pub is_pass: bool,
}

/// Reads a set; calls that cannot be judged are left out.
pub fn read(set: &Set) -> Result<Vec<LabelledCall>, Box<dyn std::error::Error>> {
    let reference = rihla_io::fasta::read_fasta(&set.reference)?;
    let confident = rihla_io::bed::read_bed(&set.bed, reference.contigs())?;
    let truth = read_vcf(&set.truth, reference.contigs())?;
    let (calls, features) = read_calls(&set.calls, &reference)?;
    let judged = |genotypes| {
        let options = CompareOptions { genotypes, phase: false };
        verdicts(&reference, [&truth, &calls], &confident, options)
    };
    let (alleles, genotypes) = (judged(false), judged(true));
    let of = |i: usize| {
        let features = features[i].clone()?;
        Some(LabelledCall {
            set: set.number,
            contig: calls[i].contig,
            position: calls[i].position,
            features,
            has_allele: alleles[i]?,
            has_genotype: genotypes[i]?,
            weight: set.weight,
            is_pass: calls[i].is_pass,
        })
    };
    Ok((0..calls.len()).filter_map(of).collect())
}

/// Records, and the features of each that has some.
type Calls = (Vec<VcfRecord>, Vec<Option<Vec<f32>>>);

fn read_calls(path: &Path, reference: &Reference) -> Result<Calls, Box<dyn std::error::Error>> {
    let mut lines = VcfLines::open(path)?;
    let (mut records, mut features) = (Vec::new(), Vec::new());
    while let Some(line) = lines.next_line()? {
        records.push(VcfRecord::parse(line, Some(0), reference.contigs())?);
        features.push(features_of(line)?);
    }
    Ok((records, features))
}

fn features_of(line: &[u8]) -> Result<Option<Vec<f32>>, Box<dyn std::error::Error>> {
    let line = std::str::from_utf8(line)?;
    let info = line.split('\t').nth(7).unwrap_or_default();
    let Some(list) = info.split(';').find_map(|entry| entry.strip_prefix("FEATURES=")) else {
        return Ok(None);
    };
    let values = list.split(',').map(str::parse).collect::<Result<Vec<f32>, _>>()?;
    match values.len() {
        COUNT => Ok(Some(values)),
        count => Err(format!("a call has {count} features, not {COUNT}: call again").into()),
    }
}

/// Whether each call is true; `None` where that is not known.
fn verdicts(
    reference: &Reference,
    [truth, calls]: [&[VcfRecord]; 2],
    confident: &IntervalSet,
    options: CompareOptions,
) -> Vec<Option<bool>> {
    let sides = [truth, calls].map(|records| records.iter().map(variant).collect::<Vec<_>>());
    let [_, judged] = judge(reference, [&sides[0], &sides[1]], confident, options);
    let decide = |outcome: Option<rihla_truth::Outcome>| match outcome?.decision {
        Decision::TruePositive => Some(true),
        Decision::FalsePositive => Some(false),
        _ => None,
    };
    judged.iter().map(|one| decide(one.outcome(Filter::All))).collect()
}

fn variant(record: &VcfRecord) -> TruthVariant {
    TruthVariant {
        contig: record.contig,
        position: record.position,
        reference: record.reference.clone(),
        alternates: record.alternates.clone(),
        genotype: record.genotype.clone(),
        phase: None,
        is_pass: true,
        quality: record.quality,
        genotype_quality: None,
    }
}

/// Whether calls at a place are trained on: every other megabase.
#[must_use]
pub fn is_trained_on(contig: u32, position: u32) -> bool {
    let place = Interval::new(contig, position, position + 1);
    (place.start / 1_000_000 + place.contig) % 2 == 1
}
