//! Where parts are cut changes no verdict.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use rihla_io::vcf::Packing;
use rihla_testkit::builders::random_letters;
use rihla_truth::{Accounting, CompareOptions, Tally};
use tempfile::TempDir;

use super::*;
use crate::pipeline::truth::part::Comparer;
use crate::pipeline::truth::regions::Regions;

/// Numbers from a seed (Knuth's multiplier and increment).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// Random letters with short tandem repeats of many units and lengths among them.
fn letters(dice: &mut Dice, length: usize) -> Vec<u8> {
    let mut letters = Vec::new();
    while letters.len() < length {
        letters.extend(random_letters(20 + dice.below(400), dice.0));
        let unit = random_letters(1 + dice.below(6), dice.0 ^ 1);
        letters.extend(unit.repeat(2 + dice.below(60)));
    }
    letters.truncate(length);
    letters
}

/// A record with another letter, a deletion or an insertion; often of letters that are there already, so that it
/// moves in a repeat.
fn change(dice: &mut Dice, letters: &[u8], at: usize) -> (String, String) {
    let text = |letters: &[u8]| String::from_utf8_lossy(letters).into_owned();
    let size = 1 + dice.below(12);
    match dice.below(4) {
        0 => (text(&letters[at..=at + size]), text(&letters[at..=at])),
        1 => (text(&letters[at..=at]), text(&letters[at..=at + size])),
        2 => (text(&letters[at..=at]), text(&letters[at..=at]) + &text(&random_letters(size, dice.0))),
        _ => {
            let other = *b"ACGT".iter().find(|&&letter| letter != letters[at]).expect("four letters");
            (text(&letters[at..=at]), text(&[other]))
        }
    }
}

/// Truth and calls of one contig: calls are the truth with some dropped, some added and some genotypes changed.
fn records(dice: &mut Dice, contig: &str, letters: &[u8]) -> [String; 2] {
    let mut sides = [String::new(), String::new()];
    let mut at = 0;
    while at + 60 < letters.len() {
        let (reference, alternate) = change(dice, letters, at);
        let genotypes = ["0/1", "1/1", "0|1", "1|0"];
        let genotype = genotypes[dice.below(4)];
        let other = if dice.below(8) == 0 { genotypes[dice.below(4)] } else { genotype };
        let filter = ["PASS", "LowQual"][usize::from(dice.below(9) == 0)];
        let which = dice.below(8);
        for (side, genotype, filter) in [(0, genotype, "PASS"), (1, other, filter)] {
            if which != side {
                let position = at + 1;
                let line = format!(
                    "{contig}\t{position}\t.\t{reference}\t{alternate}\t30\t{filter}\t.\tGT\t{genotype}"
                );
                writeln!(sides[side], "{line}").expect("a string takes everything");
            }
        }
        at += match dice.below(5) {
            0 => 300 + dice.below(700),
            _ => 1 + dice.below(90),
        };
    }
    sides
}

struct Files {
    _dir: TempDir,
    fasta: PathBuf,
    paths: [PathBuf; 2],
}

fn files(seed: u64) -> Files {
    let dir = tempfile::tempdir().expect("a folder");
    let mut dice = Dice(seed);
    let header = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS\n";
    let (mut fasta, mut sides) = (String::new(), [header.to_owned(), header.to_owned()]);
    for contig in ["a", "b", "c"] {
        let letters = letters(&mut dice, 40_000);
        writeln!(fasta, ">{contig}\n{}", String::from_utf8_lossy(&letters))
            .expect("a string takes everything");
        let new = records(&mut dice, contig, &letters);
        sides.iter_mut().zip(new).for_each(|(side, new)| side.push_str(&new));
    }
    let write = |name: &str, text: &str| {
        let path = dir.path().join(name);
        fs::write(&path, text).expect("written");
        path
    };
    let (fasta, paths) = (write("ref.fa", &fasta), [write("t.vcf", &sides[0]), write("q.vcf", &sides[1])]);
    Files { _dir: dir, fasta, paths }
}

/// Annotated lines, counts, and the number of parts, when parts have this many records or a few more.
fn compare(files: &Files, part: usize) -> (String, [Accounting; 2], Tally, usize) {
    let fasta = FastaContigs::open(&files.fasta).expect("a FASTA");
    let regions = Regions::new(fasta.contigs(), None, &[]);
    let mut chunks = Chunks::open(fasta, files.paths.each_ref().map(PathBuf::as_path)).expect("VCFs");
    chunks.part = part;
    let options = CompareOptions::default();
    let paths = files.paths.clone();
    let comparer = Comparer { paths, samples: [Some(0); 2], regions, options, packing: Packing::Plain };
    let (mut text, mut tally, mut parts) = (String::new(), Tally::new(0), 0);
    let mut accounting = [Accounting::default(); 2];
    while let Some(chunk) = chunks.next_chunk().expect("good records") {
        let part = comparer.compare(&chunk).expect("good records");
        text.push_str(std::str::from_utf8(part.lines.bytes()).expect("text"));
        tally.merge(&part.tally);
        accounting.iter_mut().zip(&part.accounting).for_each(|(all, part)| all.merge(part));
        parts += 1;
    }
    (text, accounting, tally, parts)
}

#[test]
fn verdicts_do_not_depend_on_where_parts_are_cut() {
    for seed in 1..=6 {
        let files = files(seed);
        let (whole, accounting, tally, parts) = compare(&files, usize::MAX);
        assert_eq!(parts, 3, "a part a contig");
        assert!(whole.contains("\tFP\t") || whole.contains(":FP:"), "some calls are wrong");
        let mut most = parts;
        for size in [1, 2, 7, 64, 200] {
            let (text, counts, sums, parts) = compare(&files, size);
            assert_eq!(text, whole, "seed {seed}, parts of {size}");
            assert_eq!(counts, accounting);
            assert_eq!(format!("{sums:?}"), format!("{tally:?}"));
            assert!(parts > 3, "{parts} parts of {size}");
            most = most.max(parts);
        }
        assert!(most > 100, "seed {seed}: {most} parts at most; the test cuts too seldom");
    }
}
