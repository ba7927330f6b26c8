//! Outside judges accept what we write.

use std::ffi::OsStr;
use std::path::Path;

use crate::harness::{Sample, peer, said};

fn accepts(program: &str, args: &[&OsStr]) -> Option<String> {
    let output = peer(program, args)?;
    assert!(output.status.success(), "{program}: {}", said(&output));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn os(text: &str) -> &OsStr {
    OsStr::new(text)
}

#[test]
fn samtools_accepts_the_bam_and_its_index() {
    let bam = Sample::get().file("DEMO.bam");
    let bam = bam.as_os_str();
    if accepts("samtools", &[os("quickcheck"), os("-v"), bam]).is_none() {
        return;
    }
    let stats = accepts("samtools", &[os("idxstats"), bam]).expect("samtools is there");
    let mapped: u64 = stats.lines().filter_map(|line| line.split('\t').nth(2)?.parse::<u64>().ok()).sum();
    let all =
        accepts("samtools", &[os("view"), os("-c"), os("-F"), os("4"), bam]).expect("samtools is there");
    assert_eq!(mapped.to_string(), all.trim(), "mapped records by index and by reading");
    let region = accepts("samtools", &[os("view"), os("-c"), bam, os("chr2:20000-30000")]).expect("samtools");
    let scan = accepts(
        "samtools",
        &[os("view"), os("-c"), os("-e"), os("rname==\"chr2\" && pos<=30000 && endpos>=20000"), bam],
    );
    assert_eq!(Some(region), scan, "a region by index and by reading");
}

#[test]
fn picard_finds_no_error() {
    let bam = Sample::get().file("DEMO.bam");
    let input = format!("INPUT={}", bam.display());
    let reference = format!("REFERENCE_SEQUENCE={}", Sample::get().file("genome.fa").display());
    let args = ["ValidateSamFile", &input, &reference, "MODE=SUMMARY", "IGNORE_WARNINGS=true", "QUIET=true"];
    let Some(output) = peer("PicardCommandLine", &args.map(os)) else { return };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("No errors found"), "{text}{}", said(&output));
}

#[test]
fn bcftools_accepts_the_vcf() {
    let (vcf, reference) = (Sample::get().file("DEMO.vcf.gz"), Sample::get().file("genome.fa"));
    let (vcf, reference) = (vcf.as_os_str(), reference.as_os_str());
    let norm = [
        os("norm"),
        os("--check-ref"),
        os("e"),
        os("--fasta-ref"),
        reference,
        vcf,
        os("--output"),
        os("/dev/null"),
    ];
    let Some(output) = peer("bcftools", &norm) else { return };
    assert!(output.status.success(), "{}", said(&output));
    // "Lines total/split/joined/realigned/...": nothing had to be moved or rewritten.
    let summary = said(&output);
    let counts = summary.lines().find(|line| line.starts_with("Lines")).expect("a summary");
    let numbers: Vec<u64> = counts
        .split_ascii_whitespace()
        .last()
        .expect("counts")
        .split('/')
        .map(|number| number.parse().expect("a number"))
        .collect();
    assert!(numbers[0] > 100, "records: {counts}");
    assert!(numbers[1..].iter().all(|&number| number == 0), "records are normalized: {counts}");
    let stats = accepts("bcftools", &[os("stats"), vcf]).expect("bcftools is there");
    assert!(stats.contains("number of SNPs:"), "{stats}");
    let region = accepts("bcftools", &[os("view"), os("-H"), vcf, os("chr1:1-100000")]).expect("bcftools");
    assert!(region.lines().count() > 10, "the index finds records");
}

#[test]
fn outputs_have_their_indexes() {
    for name in ["DEMO.bam.bai", "DEMO.vcf.gz.tbi", "truth.vcf.gz.tbi", "genome.fa.rhx"] {
        assert!(Path::new(&Sample::get().file(name)).is_file(), "{name}");
    }
}
