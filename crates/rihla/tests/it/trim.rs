//! Trimming on the way to the aligner: what is cut, what is kept, and what is said about it.

use std::collections::HashSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{Sample, bytes, rihla, said, succeed};

const UNMAPPED: u16 = 0x4;
const QC_FAIL: u16 = 0x200;
const LENGTH: usize = 100;
const PAIRS: usize = 300;

/// TruSeq's adapters and what follows them.
const ADAPTERS: [&str; 2] = [
    "AGATCGGAAGAGCACACGTCTGAACTCCAGTCACATCACGATCTCGTATGCCGTCTTCTGCTTGAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGTAGATCTCGGTGGTCGCCGTATCATTAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
];

fn text(path: impl AsRef<Path>) -> String {
    path.as_ref().to_string_lossy().into_owned()
}

fn reverse_complement(sequence: &str) -> String {
    let letter = |c| match c {
        'A' => 'T',
        'C' => 'G',
        'G' => 'C',
        'T' => 'A',
        other => other,
    };
    sequence.chars().rev().map(letter).collect()
}

/// The insert's length of a pair: every third is longer than the reads.
fn insert(pair: usize) -> usize {
    if pair.is_multiple_of(3) { 250 } else { 12 + (pair * 7) % 88 }
}

/// Pairs of the sample's genome, with adapters where inserts are short.
fn pairs(dir: &TempDir) -> [String; 2] {
    let fasta = String::from_utf8(bytes(Sample::get().file("genome.fa"))).expect("text");
    let genome: String = fasta.lines().filter(|line| !line.starts_with('>')).collect();
    let genome = genome.to_ascii_uppercase().replace('N', "");
    let mut texts = [String::new(), String::new()];
    // Repeats would overlap in more than one way.
    let varied = |start: &usize| {
        let words: HashSet<&str> = (*start..start + 250).map(|at| &genome[at..at + 8]).collect();
        words.len() > 225
    };
    let starts = (10_000..genome.len() - 300).step_by(300).filter(varied);
    for (pair, start) in starts.take(PAIRS).enumerate() {
        let whole = genome[start..start + insert(pair)].to_owned();
        let ends = [whole.clone(), reverse_complement(&whole)];
        for (mate, (text, end)) in texts.iter_mut().zip(ends).enumerate() {
            let sequence: String = end.chars().chain(ADAPTERS[mate].chars()).take(LENGTH).collect();
            writeln!(text, "@A00001:1:FC:1:1:1:{pair}\n{sequence}\n+\n{}", "F".repeat(LENGTH))
                .expect("memory");
        }
    }
    [1, 2].map(|mate| {
        let path = dir.path().join(format!("reads_{mate}.fq"));
        fs::write(&path, &texts[mate - 1]).expect("written");
        text(path)
    })
}

/// Name, flags and sequence of primary records, as sequenced.
fn records(sam: &[u8]) -> Vec<(String, u16, String)> {
    let sam = String::from_utf8(sam.to_vec()).expect("SAM is text");
    let fields =
        sam.lines().filter(|line| !line.starts_with('@')).map(|line| line.split('\t').collect::<Vec<_>>());
    let record = |fields: Vec<&str>| {
        let flags: u16 = fields[1].parse().expect("flags");
        let sequence = if flags & 0x10 == 0 { fields[9].to_owned() } else { reverse_complement(fields[9]) };
        (fields[0].to_owned(), flags, sequence)
    };
    fields.map(record).filter(|(_, flags, _)| flags & 0x900 == 0).collect()
}

fn json(path: impl AsRef<Path>) -> Value {
    serde_json::from_slice(&bytes(path)).expect("JSON")
}

#[test]
fn adapters_go_and_no_read_does() {
    let dir = tempfile::tempdir().expect("a folder");
    let [one, two] = pairs(&dir);
    let reference = text(Sample::get().file("genome.fa"));
    let report = dir.path().join("S.fastp.json");
    let align = |more: &[&str]| {
        let args = ["align", "--ref", &reference, "--reads", &one, &two, "--sample", "S", "--order", "input"];
        succeed(args.iter().chain(&["--out", "-"]).chain(more))
    };
    let trimmed = align(&["--trim", "--trim-report", &text(&report), "--threads", "3"]);
    let (whole, cut) = (records(&align(&[]).stdout), records(&trimmed.stdout));
    assert_eq!((whole.len(), cut.len()), (2 * PAIRS, 2 * PAIRS));
    let (mut adapters, mut bases, mut short) = (0, 0, 0);
    for (i, ((_, _, whole), (name, flags, sequence))) in whole.iter().zip(&cut).enumerate() {
        let insert = insert(i / 2);
        let is_short = insert < 35;
        assert_eq!(flags & QC_FAIL != 0, is_short, "{name}");
        assert!(!is_short || flags & UNMAPPED != 0, "{name}");
        let left = if is_short { LENGTH } else { insert.min(LENGTH) };
        assert_eq!(*sequence, whole[..left], "{name} of {insert}");
        adapters += usize::from(insert < LENGTH);
        bases += LENGTH - insert.min(LENGTH);
        short += usize::from(is_short);
    }
    let report = json(&report);
    let number = |section: &str, key: &str| report[section][key].as_u64().expect("a number") as usize;
    assert_eq!(number("adapter_cutting", "adapter_trimmed_reads"), adapters);
    assert_eq!(number("adapter_cutting", "adapter_trimmed_bases"), bases);
    assert_eq!(number("filtering_result", "too_short_reads"), short);
    assert_eq!(number("filtering_result", "passed_filter_reads"), 2 * PAIRS - short);
    assert_eq!(report["summary"]["before_filtering"]["total_bases"], 2 * PAIRS * LENGTH);
    assert_eq!(align(&["--trim", "--threads", "1"]).stdout, trimmed.stdout, "threads do not show");
    assert!(said(&trimmed).contains("trimmed: "), "{}", said(&trimmed));
}

#[test]
fn the_main_job_trims_and_accounts_for_all() {
    let dir = tempfile::tempdir().expect("a folder");
    let [one, two] = pairs(&dir);
    let (reference, out) = (text(Sample::get().file("genome.fa")), dir.path().join("out"));
    let args = ["germline", "--ref", &reference, "--reads", &one, &two, "--sample", "S", "--trim"];
    succeed(args.iter().chain(&["--trim-quality", "20", "--out-dir", &text(&out)]));
    let (metrics, report, manifest) =
        (json(out.join("S.metrics.json")), json(out.join("S.fastp.json")), json(out.join("S.manifest.json")));
    let short = (0..PAIRS).filter(|&pair| insert(pair) < 35).count() * 2;
    assert_eq!(metrics["reads"]["total"], 2 * PAIRS);
    assert_eq!(metrics["reads"]["qc_fail"], short);
    assert_eq!(report["filtering_result"]["too_short_reads"], short);
    let command = manifest["command"].as_str().expect("a command");
    assert!(command.contains("--trim --trim-poly-g auto --trim-quality 20 --min-length 35"), "{command}");
    let outputs = manifest["outputs"].as_array().expect("outputs");
    assert!(outputs.iter().any(|output| output["path"] == "S.fastp.json"), "{outputs:?}");
}

#[test]
fn options_of_trimming_need_it() {
    let reads = text(Sample::get().file("reads_1.fq.gz"));
    let reference = text(Sample::get().file("genome.fa"));
    let job = |more: &[&str]| {
        let args = ["align", "--ref", &reference, "--reads", &reads, "--sample", "S", "--out", "-"];
        rihla(args.iter().chain(more)).status.code()
    };
    assert_eq!(job(&["--adapter", "AGATCGGAAG"]), Some(2));
    assert_eq!(job(&["--trim", "--adapter", "AGNT"]), Some(2));
    assert_eq!(job(&["--trim", "--adapter-r2", "AGATCGGAAG"]), Some(2));
    assert_eq!(job(&["--trim-report", "x.json"]), Some(2));
}
