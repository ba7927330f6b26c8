//! `--score`: calls are judged by the trained model.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::harness::{Sample, bytes, succeed};

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Columns of the records of a plain VCF.
fn records(vcf: &Path) -> Vec<Vec<String>> {
    let text = String::from_utf8(bytes(vcf)).expect("text");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

fn info<'a>(record: &'a [String], key: &str) -> Option<&'a str> {
    record[7]
        .split(';')
        .find_map(|entry| entry.split_once('=').filter(|(name, _)| *name == key))
        .map(|(_, value)| value)
}

fn sample<'a>(record: &'a [String], key: &str) -> &'a str {
    let at = record[8].split(':').position(|name| name == key).expect("the key");
    record[9].split(':').nth(at).expect("the value")
}

fn call(reference: &Path, bam: &Path, out: &Path, score: &str) -> Vec<Vec<String>> {
    let (reference, bam, vcf) = (text(reference), text(bam), text(out));
    succeed(["call", "--ref", &reference, "--bam", &bam, "--out", &vcf, "--score", score]);
    records(out)
}

#[test]
fn scores_lower_qualities_and_change_nothing_else() {
    let (demo, dir) = (Sample::get(), tempfile::tempdir().expect("a folder"));
    let of = |score: &str| {
        call(
            &demo.file("genome.fa"),
            &demo.file("DEMO.bam"),
            &dir.path().join(score).with_extension("vcf"),
            score,
        )
    };
    let (on, off, features) = (of("on"), of("off"), of("features"));
    assert!(on.len() > 100 && on.len() == off.len() && off.len() == features.len());
    let number = |text: &str| text.parse::<f64>().expect("a number");
    for ((on, off), features) in on.iter().zip(&off).zip(&features) {
        assert_eq!(on[..5], off[..5]);
        assert!(number(&on[5]) <= number(&off[5]) && number(sample(on, "GQ")) <= number(sample(off, "GQ")));
        assert_eq!((sample(on, "PL"), sample(on, "GT")), (sample(off, "PL"), sample(off, "GT")));
        assert!((0.0..=1.0).contains(&number(info(on, "SCORE").expect("a score"))), "{on:?}");
        assert_eq!(on[6].contains("LowScore"), number(info(on, "SCORE").unwrap_or("")) < 0.3, "{on:?}");
        assert!(info(off, "SCORE").is_none() && info(off, "FEATURES").is_none());
        assert_eq!(info(features, "FEATURES").map(|list| list.split(',').count()), Some(25));
        assert_eq!(features[5..7], off[5..7]);
    }
}

/// Random bases from a seed.
struct Bases(u64);

impl Bases {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| b"ACGT"[self.below(4) as usize]).collect()
    }

    /// A copy with a base in `every` changed.
    fn copy(&mut self, bases: &[u8], every: u64) -> Vec<u8> {
        let other = |base: u8, by: u64| {
            let at = b"ACGT".iter().position(|&letter| letter == base).unwrap_or(0);
            b"ACGT"[(at + 1 + by as usize) % 4]
        };
        bases
            .iter()
            .map(|&base| if self.below(every) == 0 { other(base, self.below(3)) } else { base })
            .collect()
    }
}

/// A reference that lacks a copy which the sample has.
fn lacking(dir: &TempDir) -> (PathBuf, PathBuf) {
    let mut draw = Bases(7);
    let mut genome = draw.take(150_000);
    let copy = draw.copy(&genome[40_000..60_000], 100);
    let has = dir.path().join("has.fa");
    let write = |path: &Path, bases: &[u8]| {
        let lines: Vec<&str> =
            bases.chunks(80).map(|line| std::str::from_utf8(line).expect("letters")).collect();
        fs::write(path, format!(">c\n{}\n", lines.join("\n"))).expect("written");
    };
    genome.extend(draw.take(10_000));
    let knows = dir.path().join("knows.fa");
    write(&knows, &genome);
    genome.extend(copy);
    write(&has, &genome);
    (has, knows)
}

#[test]
fn reads_of_a_copy_that_the_reference_lacks_are_not_believed() {
    let dir = tempfile::tempdir().expect("a folder");
    let (has, knows) = lacking(&dir);
    let reads = dir.path().join("reads");
    succeed(["simulate", "--ref", &text(&has), "--out-dir", &text(&reads), "--seed", "5"]);
    let bam = dir.path().join("a.bam");
    let (one, two) = (text(&reads.join("reads_1.fq.gz")), text(&reads.join("reads_2.fq.gz")));
    succeed(["align", "--ref", &text(&knows), "--reads", &one, &two, "--sample", "S", "--out", &text(&bam)]);
    let (in_copy, elsewhere) = (40_001..60_000, 60_500..150_000);
    let of = |score: &str, range: &std::ops::Range<u32>| {
        let calls = call(&knows, &bam, &dir.path().join(score).with_extension("vcf"), score);
        let inside = calls.into_iter().filter(|call| range.contains(&call[1].parse().expect("POS")));
        inside.collect::<Vec<_>>()
    };
    let scores = |calls: &[Vec<String>]| {
        let mut scores: Vec<f64> = calls
            .iter()
            .map(|call| info(call, "SCORE").expect("a score").parse().expect("a number"))
            .collect();
        scores.sort_by(f64::total_cmp);
        scores
    };
    let (doubted, believed) = (of("on", &in_copy), of("on", &elsewhere));
    let (of_copy, of_others) = (scores(&doubted), scores(&believed));
    assert!(of_copy.len() > 100 && of_copy[of_copy.len() / 2] < 0.9, "{of_copy:?}");
    assert!(of_others.len() > 60 && of_others[of_others.len() / 10] > 0.99, "{of_others:?}");
    let quality = |calls: &[Vec<String>]| {
        let mut qualities: Vec<f64> = calls.iter().map(|call| call[5].parse().expect("QUAL")).collect();
        qualities.sort_by(f64::total_cmp);
        qualities[qualities.len() / 2]
    };
    assert!(quality(&of("off", &in_copy)) > 200.0 && quality(&doubted) < 20.0);
    assert_eq!(quality(&believed), quality(&of("off", &elsewhere)));
}
