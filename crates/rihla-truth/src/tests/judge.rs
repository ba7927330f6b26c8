//! Held against an outside judge (`score_vcf.py`, written apart from this crate, equal to RTG vcfeval on the
//! real sets), when it and Python are there.

#![allow(clippy::print_stdout)] // a test that skips says so

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::mutate::{Dice, call_set, from_record};
use crate::{Cell, Comparison, TruthVariant, compare};
use rihla_core::{Interval, IntervalSet, Reference, base};
use rihla_testkit::{Genome, GenomeOptions, SimulateOptions, Simulation, VariantOptions};

/// Folder of real data.
fn data() -> PathBuf {
    std::env::var_os("RIHLA_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from)
}

/// What the judge says of one type: truth found and missed, calls right and wrong. (Its genotype errors are fewer:
/// it doesn't see that two alleles are the same where an indel was moved.)
#[derive(Debug, PartialEq, Eq)]
struct Judged([u64; 4]);

impl From<Cell> for Judged {
    fn from(cell: Cell) -> Self {
        Self([cell.truth_tp, cell.truth_fn, cell.query_tp, cell.query_fp])
    }
}

/// None when there is no judge here.
fn judge(
    reference: &Reference,
    truth: &[TruthVariant],
    query: &[TruthVariant],
    confident: &IntervalSet,
) -> Option<[Judged; 2]> {
    let script = data().join("../bench/score_vcf.py");
    let python = Command::new("python3").arg("--version").output();
    if !script.exists() || !python.is_ok_and(|output| output.status.success()) {
        println!("skipped: no {} or no python3", script.display());
        return None;
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = |name: &str| folder.path().join(name);
    std::fs::write(path("ref.fa"), fasta(reference)).expect("written");
    std::fs::write(path("truth.bed"), bed(reference, confident)).expect("written");
    std::fs::write(path("truth.vcf"), vcf(reference, truth)).expect("written");
    std::fs::write(path("query.vcf"), vcf(reference, query)).expect("written");
    let output = Command::new("python3")
        .arg(script)
        .args(["--ref".into(), path("ref.fa"), "--truth".into(), path("truth.vcf")])
        .args(["--query".into(), path("query.vcf"), "--bed".into(), path("truth.bed")])
        .args(["--json".into(), path("out.json")])
        .output()
        .expect("python3 runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(path("out.json")).expect("the judge's result");
    let found: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let of =
        |kind: &str| Judged(["tp", "fn", "tpq", "fp"].map(|key| found[kind][key].as_u64().expect("a count")));
    Some([of("SNP"), of("INDEL")])
}

fn fasta(reference: &Reference) -> Vec<u8> {
    let mut out = Vec::new();
    for (id, contig) in reference.contigs().iter().enumerate() {
        out.extend(format!(">{}\n", contig.name).bytes());
        out.extend(base::decode_all(&reference.fetch(id as u32, 0, contig.length)));
        out.push(b'\n');
    }
    out
}

fn bed(reference: &Reference, set: &IntervalSet) -> String {
    let mut out = String::new();
    for interval in set.as_slice() {
        let name = &reference.contigs().get(interval.contig).name;
        writeln!(out, "{name}\t{}\t{}", interval.start, interval.end).expect("memory");
    }
    out
}

fn vcf(reference: &Reference, records: &[TruthVariant]) -> String {
    let mut out =
        String::from("##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n");
    let text = |letters: &[u8]| String::from_utf8_lossy(letters).into_owned();
    for record in records {
        let name = &reference.contigs().get(record.contig).name;
        let alternates: Vec<String> = record.alternates.iter().map(|letters| text(letters)).collect();
        let genotype: Vec<String> =
            record.genotype.iter().map(|allele| allele.expect("known").to_string()).collect();
        let (position, reference) = (record.position + 1, text(&record.reference));
        let (alternates, genotype) = (alternates.join(","), genotype.join("/"));
        writeln!(out, "{name}\t{position}\t.\t{reference}\t{alternates}\t.\tPASS\t.\tGT\t{genotype}")
            .expect("memory");
    }
    out
}

fn judged(comparison: &Comparison) -> [Judged; 2] {
    [comparison.snp.into(), comparison.indel.into()]
}

/// A sample of so many SNVs a base: reference, truth, call set, confident regions.
fn sample(
    seed: u64,
    snv_rate: f64,
    farthest: u64,
) -> (Reference, Vec<TruthVariant>, Vec<TruthVariant>, IntervalSet) {
    let options = GenomeOptions { bases: (600.0 / snv_rate) as u64, contigs: 2, seed };
    let reference = Genome::random(&options).expect("valid").reference();
    let variants = VariantOptions { snv_rate, multiallelic: 0.05, ..VariantOptions::default() };
    let options = SimulateOptions { seed, depth: 0.0, variants, ..SimulateOptions::default() };
    let simulation = Simulation::new(&reference, &options).expect("valid");
    let truth: Vec<_> = simulation.truth().iter().map(from_record).collect();
    let query = call_set(&reference, &truth, &mut Dice(seed), farthest);
    (reference, truth, query, simulation.confident())
}

#[test]
fn agrees_on_simulated_call_sets() {
    for (seed, rate) in [(1, 1e-3), (2, 1e-3), (3, 3e-3), (4, 3e-3), (5, 3e-3)] {
        let (reference, truth, query, confident) = sample(seed, rate, 25);
        let Some(theirs) = judge(&reference, &truth, &query, &confident) else { return };
        let comparison = compare(&reference, &truth, &query, &confident);
        assert_eq!(judged(&comparison), theirs, "seed {seed}, {rate} SNVs a base");
    }
}

/// Ten times the variants of a human, indels moved by up to 79 bases. The judge looks no further than 30
/// bases, halves crowded loci, and counts calls that cancel each other as right when they stand beside a
/// match; so it may be a few records off, but never finds more.
#[test]
fn finds_no_less_in_crowded_loci() {
    for seed in 1..=4 {
        let (reference, truth, query, confident) = sample(seed, 1e-2, 80);
        let Some(theirs) = judge(&reference, &truth, &query, &confident) else { return };
        let comparison = compare(&reference, &truth, &query, &confident);
        let ours = comparison.all().truth_tp + comparison.all().query_tp;
        let theirs: u64 = theirs.iter().map(|judged| judged.0[0] + judged.0[2]).sum();
        assert!((theirs..=theirs + 8).contains(&ours), "seed {seed}: {ours} matched, the judge {theirs}");
    }
}

/// A file of the data folder as text, unpacked.
fn unpack(path: &Path) -> Option<String> {
    let Ok(file) = std::fs::File::open(path) else {
        println!("skipped: no {}", path.display());
        return None;
    };
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(file).read_to_string(&mut text).expect("gzip");
    Some(text)
}

fn read_reference(text: &str) -> Reference {
    let parts = text.split('>').filter(|part| !part.is_empty());
    let contigs: Vec<(&str, Vec<u8>)> = parts
        .map(|part| {
            let (header, body) = part.split_once('\n').expect("a header");
            let name = header.split_whitespace().next().expect("a name");
            (name, body.bytes().filter(|letter| *letter != b'\n').collect())
        })
        .collect();
    let contigs: Vec<(&str, &[u8])> = contigs.iter().map(|(name, letters)| (*name, &letters[..])).collect();
    rihla_testkit::builders::reference(&contigs)
}

fn read_truth(text: &str, reference: &Reference) -> Vec<TruthVariant> {
    let mut records = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let place = fields[8].split(':').position(|key| key == "GT").expect("a genotype");
        let genotype = fields[9].split(':').nth(place).expect("a genotype");
        let alleles: Vec<u8> = genotype.split(['/', '|']).map(|allele| allele.parse().unwrap_or(0)).collect();
        records.push(TruthVariant::new(
            reference.contigs().id(fields[0]).expect("a known contig"),
            fields[1].parse::<u32>().expect("a position") - 1,
            fields[3].to_ascii_uppercase().as_bytes(),
            fields[4].split(',').map(|letters| letters.to_ascii_uppercase().into()).collect(),
            &alleles,
        ));
    }
    records
}

fn read_bed(text: &str, reference: &Reference) -> IntervalSet {
    let lines = text.lines().map(|line| {
        let fields: Vec<&str> = line.split('\t').collect();
        let number = |field: &str| field.parse().expect("a position");
        let contig = reference.contigs().id(fields[0]).expect("a known contig");
        Interval::new(contig, number(fields[1]), number(fields[2]))
    });
    IntervalSet::new(lines.collect())
}

/// Real truth, real repeats, call sets made of them.
#[test]
fn agrees_on_real_truth() {
    for (reference, folder) in [
        ("grch38-20mb/ref.fa.gz", "sim-1mb-30x"),
        ("hg19-chr20/ref.fa.gz", "hg19-chr20/giab-hg001-chr20-100k"),
        ("hg19-chr20/ref.fa.gz", "hg19-chr20/giab-hg001-chr20-270k-9x"),
        ("hg19-chr20/ref.fa.gz", "hg19-chr20/giab-hg002-10x-chr20-357k"),
    ] {
        let folder = data().join(folder);
        let (Some(letters), Some(truth)) =
            (unpack(&data().join(reference)), unpack(&folder.join("truth.vcf.gz")))
        else {
            return;
        };
        let reference = read_reference(&letters);
        let truth = read_truth(&truth, &reference);
        let confident = std::fs::read_to_string(folder.join("truth.bed")).expect("a BED");
        let confident = read_bed(&confident, &reference);
        let query = call_set(&reference, &truth, &mut Dice(1), 25);
        let Some(theirs) = judge(&reference, &truth, &query, &confident) else { return };
        let comparison = compare(&reference, &truth, &query, &confident);
        assert_eq!(judged(&comparison), theirs, "{}", folder.display());
        let perfect = compare(&reference, &truth, &truth, &confident);
        assert_eq!((perfect.all().truth_fn, perfect.all().query_fp), (0, 0), "{}", folder.display());
    }
}
