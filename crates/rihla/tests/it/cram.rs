//! CRAM beside BAM: the same records, whatever writes or reads them.

use std::ffi::OsStr;
use std::path::Path;

use crate::harness::{Sample, bytes, names, peer, rihla, said, succeed};

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The main job with more arguments.
fn germline(out_dir: &Path, more: &[&str]) {
    let mut args = Sample::get().germline(out_dir);
    args.extend(more.iter().map(|&arg| arg.to_owned()));
    succeed(args);
}

/// Alignment of the sample's pairs to a file.
fn align(out: &Path, more: &[&str]) -> std::process::Output {
    let sample = Sample::get();
    let file = |name: &str| text(&sample.file(name));
    let (reference, one, two) = (file("genome.fa"), file("reads_1.fq.gz"), file("reads_2.fq.gz"));
    let out = text(out);
    let args = ["align", "--ref", &reference, "--reads", &one, &two, "--sample", "DEMO", "--out", &out];
    rihla(args.iter().chain(more))
}

/// Records as samtools prints them; `None` where it is not installed.
fn records(path: &Path, reference: &Path, region: Option<&str>) -> Option<String> {
    let mut args = vec![OsStr::new("view"), OsStr::new("-T"), reference.as_os_str(), path.as_os_str()];
    args.extend(region.map(OsStr::new));
    let output = peer("samtools", &args)?;
    assert!(output.status.success(), "{}", said(&output));
    Some(String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn cram_holds_what_bam_does() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = |name: &str| dir.path().join(name);
    germline(&out("bam"), &[]);
    germline(&out("cram"), &["--output-format", "cram", "--threads", "1"]);
    let wanted =
        ["DEMO.cram", "DEMO.cram.crai", "DEMO.cram.flagstat", "DEMO.cram.idxstats", "DEMO.cram.stats"];
    let alignments = |name: &String| name.starts_with("DEMO.cram") || name.contains(".bam");
    assert_eq!(names(&out("cram")).into_iter().filter(alignments).collect::<Vec<_>>(), wanted);
    let (bam, cram) = (out("bam/DEMO.bam"), out("cram/DEMO.cram"));
    let share = bytes(&cram).len() as f64 / bytes(&bam).len() as f64;
    assert!((0.3..0.9).contains(&share), "{share}");

    // Threads and memory do not show, and what one command writes so does the other.
    germline(&out("other"), &["--output-format", "cram", "--threads", "3", "--memory", "256M"]);
    assert!(bytes(&cram) == bytes(out("other/DEMO.cram")));
    assert!(bytes(out("cram/DEMO.cram.crai")) == bytes(out("other/DEMO.cram.crai")));

    let reference = out("genome.fa");
    std::fs::copy(Sample::get().file("genome.fa"), &reference).expect("copied");
    let Some(expected) = records(&bam, &reference, None) else { return };
    assert!(expected.lines().count() > 50_000);
    assert!(records(&cram, &reference, None) == Some(expected), "records differ");
    let region = Some("chr2:20000-20500");
    let expected = records(&bam, &reference, region);
    assert!(expected.as_ref().is_some_and(|text| text.lines().count() > 50));
    assert!(records(&cram, &reference, region) == expected, "records of a region differ");
    let check = peer("samtools", &[OsStr::new("quickcheck"), cram.as_os_str()]).expect("is installed");
    assert!(check.status.success(), "{}", said(&check));

    // Version 3.1, smaller.
    let newer = out("newer.cram");
    assert!(align(&newer, &["--cram-version", "3.1"]).status.success());
    let older = out("older.cram");
    assert!(align(&older, &[]).status.success());
    assert_eq!((&bytes(&newer)[4..6], &bytes(&older)[4..6]), (&[3, 1][..], &[3, 0][..]));
    assert!(bytes(&newer).len() < bytes(&older).len());
    assert!(records(&newer, &reference, None) == records(&older, &reference, None), "version 3.1 differs");
    assert!(records(&newer, &reference, region) == expected, "records of a region differ");
    assert!(calls(&newer, &reference) == calls(&older, &reference));
}

#[test]
fn the_name_of_the_output_is_enough() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("a.cram");
    assert!(align(&path, &[]).status.success());
    assert_eq!(names(dir.path()), ["a.cram", "a.cram.crai"]);
    let piped = align(Path::new("-"), &["--output-format", "cram"]);
    assert!(piped.status.success() && piped.stdout == bytes(&path), "{}", said(&piped));
    let refused = align(&dir.path().join("b.cram"), &["--order", "input"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("CRAM is written sorted"), "{}", said(&refused));
}

#[test]
fn a_bam_may_have_either_index() {
    let dir = tempfile::tempdir().expect("a folder");
    let (bai, csi) = (dir.path().join("a.bam"), dir.path().join("b.bam"));
    assert!(align(&bai, &["--bam-index", "bai"]).status.success());
    assert!(align(&csi, &["--bam-index", "csi"]).status.success());
    assert_eq!(names(dir.path()), ["a.bam", "a.bam.bai", "b.bam", "b.bam.csi"]);
    assert!(bytes(&bai) == bytes(&csi));
    let reference = text(&Sample::get().file("genome.fa"));
    let call = |bam: &Path| {
        let args = ["call", "--ref", &reference, "--out", "-", "--bam", &text(bam)];
        let calls = String::from_utf8(succeed(args).stdout).expect("text");
        calls.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>()
    };
    let calls = call(&bai);
    assert!(calls.len() > 100);
    assert_eq!(calls, call(&csi));
}

/// Lines of calls from a file of alignments.
fn calls(alignments: &Path, reference: &Path) -> Vec<String> {
    let args = ["call", "--ref", &text(reference), "--out", "-", "--bam", &text(alignments)];
    let calls = String::from_utf8(succeed(args).stdout).expect("text");
    calls.lines().filter(|line| !line.starts_with("##")).map(str::to_owned).collect()
}

#[test]
fn calls_from_cram_are_those_from_bam() {
    let dir = tempfile::tempdir().expect("a folder");
    let reference = dir.path().join("genome.fa");
    std::fs::copy(Sample::get().file("genome.fa"), &reference).expect("copied");
    let (bam, cram) = (dir.path().join("a.bam"), dir.path().join("a.cram"));
    assert!(align(&bam, &[]).status.success() && align(&cram, &[]).status.success());
    let expected = calls(&bam, &reference);
    assert!(expected.len() > 100);
    assert!(calls(&cram, &reference) == expected);
    // What samtools makes of the same records, with codecs of its own.
    for version in ["3.0", "3.1"] {
        let theirs = dir.path().join(format!("{version}.cram"));
        let format = format!("cram,version={version}");
        let args = ["view", "--write-index", "-T", &text(&reference), "-O", &format, "-o", &text(&theirs)];
        let args: Vec<_> = args.iter().map(OsStr::new).chain([bam.as_os_str()]).collect();
        let Some(made) = peer("samtools", &args) else { return };
        assert!(made.status.success(), "{}", said(&made));
        assert!(calls(&theirs, &reference) == expected, "version {version}");
    }
}

#[test]
fn a_cram_that_does_not_fit_is_one_clear_error() {
    let dir = tempfile::tempdir().expect("a folder");
    let cram = dir.path().join("a.cram");
    assert!(align(&cram, &[]).status.success());
    let refuse = |alignments: &Path, reference: &Path, code: i32, words: &str| {
        let args = ["call", "--ref", &text(reference), "--out", "-", "--bam", &text(alignments)];
        let output = rihla(args);
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(said(&output).contains(words), "{}", said(&output));
    };
    let genome = Sample::get().file("genome.fa");
    let whole = bytes(&cram);
    let cut = dir.path().join("cut.cram");
    std::fs::write(&cut, &whole[..whole.len() - 1000]).expect("written");
    refuse(&cut, &genome, 65, "end marker is missing");
    let alone = dir.path().join("alone.cram");
    std::fs::copy(&cram, &alone).expect("copied");
    refuse(&alone, &genome, 66, "has no index beside it");
    // One bit in the middle of the data.
    let damaged = dir.path().join("damaged.cram");
    let mut bits = whole;
    let middle = bits.len() / 2;
    bits[middle] ^= 4;
    std::fs::write(&damaged, bits).expect("written");
    std::fs::copy(dir.path().join("a.cram.crai"), dir.path().join("damaged.cram.crai")).expect("copied");
    refuse(&damaged, &genome, 65, "damaged");
    let other = dir.path().join("other.fa");
    let letters = std::fs::read_to_string(&genome).expect("text");
    std::fs::write(&other, letters.replace("ACGTT", "ACGTA")).expect("written");
    refuse(&cram, &other, 65, "has another sequence (MD5");
}
