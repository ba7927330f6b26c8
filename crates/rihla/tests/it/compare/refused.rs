//! Bad input: one clear error, the right exit code, nothing left.

use std::fs;
use std::io::Write;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use super::lab::{HEADER, Lab, bgzip, gzip, next};
use crate::harness::{bytes, names, said};

const USAGE: i32 = 2;
const DATA: i32 = 65;
const MISSING: i32 = 66;
const CANNOT_CREATE: i32 = 73;

impl Lab {
    /// Checks the exit code, that the error is one line with these words, and that nothing was left.
    fn refused(&self, output: &Output, code: i32, words: &[&str]) {
        let said = said(output);
        assert_eq!(output.status.code(), Some(code), "{said}");
        let errors: Vec<&str> = said.lines().filter(|line| line.starts_with("rihla: ")).collect();
        assert_eq!(errors.len(), 1, "one error: {said}");
        for word in words {
            assert!(errors[0].contains(word), "{word:?} is not in: {}", errors[0]);
        }
        assert_eq!(names(&self.path("out")), Vec::<String>::new(), "nothing is left");
    }

    /// A query of these bytes is refused.
    fn refused_query(&self, content: impl AsRef<[u8]>, words: &[&str]) {
        self.write("bad.vcf", content);
        let words: Vec<&str> = ["bad.vcf"].iter().chain(words).copied().collect();
        self.refused(&self.run("t.vcf", "bad.vcf", &[]), DATA, &words);
    }
}

#[test]
fn contigs_of_another_naming() {
    let lab = Lab::new();
    let renamed = lab.six().concat().replace("chr", "");
    lab.refused_query(HEADER.to_owned() + &renamed, &["line 7", "contig 1 ", "chr1"]);
    lab.refused(&lab.run("bad.vcf", "t.vcf", &[]), DATA, &["bad.vcf", "line 7", "contig 1 ", "chr1"]);
    let unknown = lab.six().concat().replace("chr2", "chr7");
    lab.refused_query(HEADER.to_owned() + &unknown, &["line 11", "chr7", "not in the reference"]);
    lab.write("1.bed", "1\t0\t10\n");
    for options in [["--bed", "1.bed"], ["--strata", "x=1.bed"]] {
        let output = lab.run("t.vcf", "t.vcf", &options);
        lab.refused(&output, DATA, &["1.bed", "line 1", "contig 1 ", "chr1"]);
    }
}

#[test]
fn records_out_of_order() {
    let lab = Lab::new();
    let mut records = lab.six();
    records.swap(0, 1);
    lab.refused_query(
        HEADER.to_owned() + &records.concat(),
        &["line 8", "chr1:100", "order", "bcftools sort"],
    );
    records.swap(0, 1);
    records.rotate_left(4);
    lab.refused_query(HEADER.to_owned() + &records.concat(), &["line 9", "chr1:100", "order"]);
    // The truth is held to the same.
    lab.refused(&lab.run("bad.vcf", "t.vcf", &[]), DATA, &["bad.vcf", "line 9"]);
}

#[test]
fn records_of_another_reference() {
    let lab = Lab::new();
    let behind = lab.record("chr2", 2_001, ("A", "C"), "0/1", ("50", "PASS"));
    lab.refused_query(HEADER.to_owned() + &behind, &["line 7", "behind contig chr2", "2000 bases"]);
    let across = lab.letters("chr2", 2_000, 1) + "A";
    let across = lab.record("chr2", 2_000, (&across, "C"), "0/1", ("50", "PASS"));
    lab.refused_query(HEADER.to_owned() + &across, &["line 7", "behind contig chr2"]);
    let letter = lab.letters("chr1", 600, 1);
    let other = lab.record("chr1", 600, (&next(&letter), &letter), "0/1", ("50", "PASS"));
    let (has, wants) = (format!("REF is {}", next(&letter)), format!("the reference has {letter}"));
    lab.refused_query(HEADER.to_owned() + &other, &["line 7", &has, &wants, "600"]);
    lab.refused(&lab.run("bad.vcf", "t.vcf", &[]), DATA, &["bad.vcf", "line 7", &has]);
}

#[test]
fn samples_that_are_not_there() {
    let lab = Lab::new();
    let sites = |line: &str| line.split('\t').take(8).collect::<Vec<_>>().join("\t") + "\n";
    let content: String = (HEADER.to_owned() + &lab.six().concat())
        .split_inclusive('\n')
        .map(|line| if line.starts_with("##") { line.to_owned() } else { sites(line) })
        .collect();
    lab.refused_query(&content, &["no sample", "--ignore-genotype"]);
    lab.refused(&lab.run("bad.vcf", "t.vcf", &[]), DATA, &["bad.vcf", "no sample", "--ignore-genotype"]);
    let named = lab.run("t.vcf", "bad.vcf", &["--ignore-genotype", "--query-sample", "S"]);
    lab.refused(&named, DATA, &["bad.vcf", "no sample", "S"]);
    let two = HEADER.replace("\tS\n", "\tA\tB\n") + &lab.six().concat().replace('\n', "\t0/0:9\n");
    lab.refused_query(two.replace("A\tB", "A\tA"), &["sample A", "two columns"]);
    lab.refused_query(&two, &["2 samples", "--query-sample", "A, B"]);
    lab.refused(&lab.run("bad.vcf", "t.vcf", &[]), DATA, &["bad.vcf", "--truth-sample", "A, B"]);
    let wrong = lab.run("t.vcf", "bad.vcf", &["--query-sample", "S"]);
    lab.refused(&wrong, DATA, &["bad.vcf", "no sample S", "A, B"]);
    assert_eq!(lab.compared("t.vcf", "bad.vcf", &["--query-sample", "A"]).counts("SNP", "ALL"), [6, 0, 0, 0]);
    let all_reference = lab.compared("t.vcf", "bad.vcf", &["--query-sample", "B"]);
    assert_eq!(all_reference.counts("SNP", "ALL"), [0, 6, 0, 0]);
    assert_eq!(all_reference.fate("query", "hom_ref"), 6);
}

#[test]
fn lines_that_are_damaged() {
    let lab = Lab::new();
    let letter = lab.letters("chr1", 10, 1);
    let good = format!("chr1\t10\t.\t{letter}\t{}\t9\tPASS\t.\tGT\t0/1\n", next(&letter));
    for (from, to, words) in [
        ("\tPASS\t.\tGT\t0/1", "", "FILTER is missing"),
        ("\t10\t", "\t0\t", "POS 0"),
        ("\t10\t", "\tx\t", "POS x"),
        ("\t10\t", "\t99999999999\t", "POS 99999999999"),
        ("0/1", "0/3", "allele \"3\""),
        ("0/1", "0/x", "allele \"x\""),
        ("\t0/1", "", "sample 1 is missing"),
        ("\t9\t", "\thigh\t", "QUAL high"),
        ("\t9\t", "\tnan\t", "QUAL nan"),
        ("\t", " ", "missing"),
    ] {
        let bad = HEADER.to_owned() + &good.replace(from, to);
        lab.refused_query(&bad, &["line 7", words]);
    }
    let bad_letter = HEADER.to_owned() + &good.replace(&format!("\t{letter}\t"), "\t*\t");
    lab.refused_query(bad_letter, &["line 7", "REF *"]);
    let late = HEADER.to_owned() + &good + "#CHROM\n";
    lab.refused_query(late, &["line 8", "header line among the records"]);
    let whole = fs::read_to_string(lab.path("t.vcf")).expect("a VCF");
    lab.refused_query(&whole[..whole.len() - 12], &["line 12", "missing"]);
    let mut odd = whole.into_bytes();
    let end = odd.len();
    odd[end - 5] = 0xff;
    lab.refused_query(odd, &["line 12", "UTF-8"]);
}

#[test]
fn files_that_are_no_vcf() {
    let lab = Lab::new();
    lab.refused_query("", &["#CHROM", "not a VCF"]);
    lab.refused_query("BCF\x02\x02\x00\x00\x00\x00", &["line 1", "header of BCF"]);
    lab.refused_query(bgzip("BCF\x02\x02\x00\x00\x00\x00"), &["line 1", "header of BCF"]);
    lab.refused_query(lab.fasta(), &["line 1", "not a VCF"]);
    lab.refused_query(lab.six().concat(), &["line 1", "not a VCF"]);
    let output = lab.run("t.vcf", "out", &[]);
    lab.refused(&output, MISSING, &["out", "directory"]);
}

#[test]
fn compressed_files_that_are_cut() {
    let lab = Lab::new();
    let records: Vec<String> = (1..1_000).map(|i| lab.snv("chr1", 3 * i, "0/1")).collect();
    let content = HEADER.to_owned() + &records.concat();
    let (blocks, member) = (bgzip(&content), gzip(&content));
    for cut in [1, 28, 29, 500, blocks.len() / 2] {
        lab.refused_query(&blocks[..blocks.len() - cut], &["cut off"]);
    }
    for cut in [1, 8, 9, 500, member.len() / 2] {
        lab.refused_query(&member[..member.len() - cut], &["cut off"]);
        // The truth, and what is said of a BED.
        lab.refused(&lab.run("bad.vcf", "t.vcf", &[]), DATA, &["bad.vcf", "cut off"]);
    }
    let mut flipped = member;
    let middle = flipped.len() / 2;
    flipped[middle] ^= 0x10;
    lab.refused_query(&flipped, &[]);
    let bed: String = (0..400).map(|i| format!("chr1\t{}\t{}\n", 5 * i, 5 * i + 3)).collect();
    let bed = gzip(&bed);
    lab.write("cut.bed.gz", &bed[..bed.len() - 20]);
    lab.refused(&lab.run("t.vcf", "t.vcf", &["--bed", "cut.bed.gz"]), DATA, &["cut.bed.gz", "cut off"]);
}

#[test]
fn regions_that_do_not_fit() {
    let lab = Lab::new();
    for (line, words) in [
        ("chr1\t5\t3001", "has 3000 bases"),
        ("chr1\t9\t5", "behind the end"),
        ("chr1\t5", "the end is missing"),
        ("chr1:5-9", "the start is missing"),
    ] {
        lab.write("bad.bed", format!("# words\n{line}\n"));
        let output = lab.run("t.vcf", "t.vcf", &["--bed", "bad.bed"]);
        lab.refused(&output, DATA, &["bad.bed", "line 2", words]);
    }
}

#[test]
fn files_that_are_not_there() {
    let lab = Lab::new();
    let args = |reference| ["--ref", reference, "--truth", "t.vcf", "--query", "t.vcf", "-o", "out/P"];
    let output = lab.program(&args("no.fa")).output().expect("starts");
    lab.refused(&output, MISSING, &["no.fa"]);
    lab.refused(&lab.run("no.vcf", "t.vcf", &[]), MISSING, &["no.vcf"]);
    lab.refused(&lab.run("t.vcf", "no.vcf", &[]), MISSING, &["no.vcf"]);
    lab.refused(&lab.run("t.vcf", "t.vcf", &["--bed", "no.bed"]), MISSING, &["no.bed"]);
    lab.refused(&lab.run("t.vcf", "t.vcf", &["--strata", "x=no.bed"]), MISSING, &["no.bed"]);
}

#[test]
fn options_that_are_wrong() {
    let lab = Lab::new();
    lab.write("a.bed", "chr1\t0\t10\n");
    let refuse = |options: &[&str], words: &[&str]| {
        lab.refused(&lab.run("t.vcf", "t.vcf", options), USAGE, words);
    };
    refuse(&["--strata", "a=a.bed", "--strata", "a=t.bed"], &["--strata a", "twice"]);
    refuse(&["--fail-below", "a:snp.f1=0.9"], &["--fail-below", "stratum", "a"]);
    refuse(&["--fail-below", "snp.f2=0.9"], &["--fail-below", "snp.f2", "recall, precision or f1"]);
    refuse(&["--fail-below", "snp.f1=99.5"], &["--fail-below", "99.5", "from 0 to 1"]);
    refuse(&["--fail-below", ""], &["--fail-below", "METRIC=VALUE"]);
    for bad in [vec!["--strata", "a.bed"], vec!["--memory", "8G"], vec!["--threads", "0"]] {
        let output = lab.run("t.vcf", "t.vcf", &bad);
        assert_eq!(output.status.code(), Some(USAGE), "{bad:?}");
        assert!(names(&lab.path("out")).is_empty());
    }
    let both = lab.program(&["--ref", "ref.fa", "--truth", "-", "--query", "-", "-o", "out/P"]).output();
    lab.refused(&both.expect("starts"), USAGE, &["standard input"]);
}

#[test]
fn outputs_that_cannot_be() {
    let lab = Lab::new();
    let to = |query: &str, prefix: &str| {
        lab.program(&["--ref", "ref.fa", "--truth", "t.vcf", "--query", query, "-o", prefix]).output()
    };
    let refused = |query: &str, prefix: &str, code, words: &[&str]| {
        lab.refused(&to(query, prefix).expect("starts"), code, words);
    };
    refused("t.vcf", "nowhere/P", CANNOT_CREATE, &["nowhere/P.vcf.gz"]);
    for folder in ["out/", "out/.", ".."] {
        refused("t.vcf", folder, USAGE, &["--out-prefix", folder, "folder"]);
    }
    let calls = bgzip(&fs::read_to_string(lab.path("t.vcf")).expect("a VCF"));
    lab.write("calls.vcf.gz", &calls);
    for prefix in ["calls", "./out/../calls"] {
        refused("calls.vcf.gz", prefix, USAGE, &["calls.vcf.gz", "input and an output"]);
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("calls.vcf.gz", lab.path("link.vcf.gz")).expect("a link");
        refused("link.vcf.gz", "calls", USAGE, &["calls.vcf.gz", "input and an output"]);
    }
    assert_eq!(bytes(lab.path("calls.vcf.gz")), calls, "as it was");
}

#[cfg(unix)]
#[test]
fn a_run_that_is_ended_cleans_up() {
    let lab = Lab::new();
    let args = ["--ref", "ref.fa", "--truth", "t.vcf", "--query", "-", "-o", "out/P"];
    let mut child = lab.program(&args).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().expect("starts");
    let mut calls = child.stdin.take().expect("a pipe");
    calls.write_all(HEADER.as_bytes()).expect("written");
    calls.write_all(lab.snv("chr1", 50, "0/1").as_bytes()).expect("written");
    calls.flush().expect("written");
    let begin = Instant::now();
    while names(&lab.path("out")).is_empty() && begin.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(2));
    }
    let left = names(&lab.path("out"));
    assert!(!left.is_empty() && left.iter().all(|name| name.ends_with(".part")), "{left:?}");
    let id = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
    assert_eq!(child.wait().expect("ended").code(), Some(143));
    assert_eq!(names(&lab.path("out")), Vec::<String>::new());
}
