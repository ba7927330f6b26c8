//! BCF: the calls and the header of the VCF, the same for any threads, and nothing when the run fails.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;

use crate::harness::{Sample, bytes, names, peer, rihla, said, succeed};

/// Arguments that call the sample's BAM into a folder.
fn call(dir: &Path, out: &str, gvcf: &str) -> Vec<String> {
    let sample = Sample::get();
    let mut args = vec!["call".to_owned()];
    for (option, path) in [
        ("--ref", sample.file("genome.fa")),
        ("--bam", sample.file("DEMO.bam")),
        ("--out", dir.join(out)),
        ("--gvcf", dir.join(gvcf)),
    ] {
        args.extend([option.to_owned(), path.to_string_lossy().into_owned()]);
    }
    args
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

/// What bcftools says of a file.
fn bcftools(args: &[&str], path: &Path) -> Option<String> {
    let args: Vec<&OsStr> = args.iter().map(OsStr::new).chain([path.as_os_str()]).collect();
    let output = peer("bcftools", &args)?;
    assert!(output.status.success() && said(&output).is_empty(), "{}", said(&output));
    Some(String::from_utf8(output.stdout).expect("text"))
}

#[test]
fn bcf_is_the_vcf_line_by_line() {
    let (text, binary) = (folder(), folder());
    succeed(call(text.path(), "a.vcf.gz", "a.g.vcf.gz"));
    succeed(call(binary.path(), "a.bcf", "a.g.bcf"));
    assert_eq!(names(binary.path()), ["a.bcf", "a.bcf.csi", "a.g.bcf", "a.g.bcf.csi"]);
    for (vcf, bcf) in [("a.vcf.gz", "a.bcf"), ("a.g.vcf.gz", "a.g.bcf")] {
        let (vcf, bcf) = (text.path().join(vcf), binary.path().join(bcf));
        let Some(expected) = bcftools(&["view", "--no-version"], &vcf) else { return };
        assert!(expected.lines().count() > 100);
        assert_eq!(bcftools(&["view", "--no-version"], &bcf).expect("bcftools is there"), expected);
        for region in ["chr1:50000-50001", "chr1:100001-120000", "chr2"] {
            let view = ["view", "--no-header", "--regions", region];
            let found = bcftools(&view, &bcf).expect("bcftools is there");
            assert!(!found.is_empty() || region.starts_with("chr1:5"), "{region}");
            assert_eq!(found, bcftools(&view, &vcf).expect("bcftools is there"), "{region}");
        }
        let stats = bcftools(&["index", "--stats"], &bcf).expect("bcftools is there");
        assert_eq!(stats, bcftools(&["index", "--stats"], &vcf).expect("bcftools is there"));
    }
}

#[test]
fn threads_do_not_show() {
    let files = |threads: &str| {
        let dir = folder();
        let mut args = call(dir.path(), "a.bcf", "a.g.bcf");
        args.extend(["--threads", threads].map(str::to_owned));
        succeed(args);
        names(dir.path()).iter().map(|name| bytes(dir.path().join(name))).collect::<Vec<_>>()
    };
    let one = files("1");
    assert!(one.len() == 4 && one.iter().all(|file| file.len() > 100));
    assert!(one == files("3"));
}

#[test]
fn the_main_job_writes_it_where_it_is_wanted() {
    let dir = folder();
    let mut args = Sample::get().germline(dir.path());
    args.extend(["--gvcf", "--vcf-format", "bcf"].map(str::to_owned));
    succeed(args);
    let names = names(dir.path());
    let variants: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| name.contains(".bcf") || name.contains("vcf"))
        .collect();
    assert_eq!(
        variants,
        ["DEMO.bcf", "DEMO.bcf.csi", "DEMO.bcftools_stats.txt", "DEMO.g.bcf", "DEMO.g.bcf.csi"]
    );
    // The calls of a run that wrote VCF.
    let view = ["view", "--no-header"];
    let Some(found) = bcftools(&view, &dir.path().join("DEMO.bcf")) else { return };
    let expected = bcftools(&view, &Sample::get().file("DEMO.vcf.gz")).expect("bcftools is there");
    assert!(found.lines().count() > 100);
    assert_eq!(found, expected);
}

#[test]
fn other_names_are_refused_and_leave_nothing() {
    for (out, gvcf) in
        [("a.bcf.gz", "a.g.bcf"), ("a.bcf", "a.g.bcf.gz"), ("a.bcf", "a.g.txt"), ("a.bc", "a.g.bcf")]
    {
        let dir = folder();
        let output = rihla(call(dir.path(), out, gvcf));
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        let said = said(&output);
        for ending in [".vcf.gz", ".bcf", ".vcf"] {
            assert!(said.contains(ending), "{said}");
        }
        assert_eq!(said.matches("name it").count(), 1, "{said}");
        assert!(names(dir.path()).is_empty(), "{:?}", names(dir.path()));
    }
}

#[test]
fn a_run_that_fails_leaves_nothing() {
    let dir = folder();
    let bam: PathBuf = dir.path().join("cut.bam");
    let whole = bytes(Sample::get().file("DEMO.bam"));
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle..middle + 64].fill(0);
    std::fs::write(&bam, damaged).expect("written");
    std::fs::copy(Sample::get().file("DEMO.bam.bai"), dir.path().join("cut.bam.bai")).expect("copied");
    let mut args = call(dir.path(), "a.bcf", "a.g.bcf");
    let at = args.iter().position(|arg| arg == "--bam").expect("given") + 1;
    args[at] = bam.to_string_lossy().into_owned();
    let output = rihla(args);
    assert_eq!(output.status.code(), Some(65), "{}", said(&output));
    assert_eq!(names(dir.path()), ["cut.bam", "cut.bam.bai"]);
}

#[test]
fn bcf_is_read_wherever_vcf_is() {
    let dir = folder();
    let sample = Sample::get();
    succeed(call(dir.path(), "a.bcf", "a.g.bcf"));
    succeed(call(dir.path(), "a.vcf.gz", "a.g.vcf.gz"));
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let [bcf, vcf, genome] =
        [dir.path().join("a.bcf"), dir.path().join("a.vcf.gz"), sample.file("genome.fa")].map(text);
    for (query, prefix) in [(&bcf, "bcf"), (&vcf, "vcf")] {
        let prefix = text(dir.path().join(prefix));
        let truth = text(sample.file("truth.vcf.gz"));
        let args =
            ["compare", "--ref", &genome, "--truth", &truth, "--query", query, "--out-prefix", &prefix];
        succeed(args);
    }
    let table = |prefix: &str, name: &str| bytes(dir.path().join(format!("{prefix}.{name}")));
    for name in ["summary.csv", "extended.csv", "pr.csv"] {
        assert_eq!(table("bcf", name), table("vcf", name), "{name}");
    }
    let records = |prefix: &str| {
        let mut text = String::new();
        MultiGzDecoder::new(&table(prefix, "vcf.gz")[..]).read_to_string(&mut text).expect("text");
        // QUAL is in QQ, too; in BCF it is a number, and 536.00 is 536.
        let without_qual = |line: &str| {
            let columns: Vec<&str> = line.split('\t').collect();
            [&columns[..5], &columns[6..]].concat().join("\t")
        };
        text.lines().filter(|line| !line.starts_with("##")).map(without_qual).collect::<Vec<_>>()
    };
    assert!(records("vcf").len() > 100);
    assert_eq!(records("bcf"), records("vcf"));
    // The other way round, and as listed alleles.
    let prefix = text(dir.path().join("turned"));
    succeed(["compare", "--ref", &genome, "--truth", &bcf, "--query", &vcf, "--out-prefix", &prefix]);
    let bam = text(sample.file("DEMO.bam"));
    let listed = ["of-bcf.vcf", "of-vcf.vcf"].map(|name| dir.path().join(name));
    for (alleles, out) in [&bcf, &vcf].into_iter().zip(&listed) {
        succeed(["call", "--ref", &genome, "--bam", &bam, "--alleles", alleles, "--out", &text(out.clone())]);
    }
    let [one, other] = listed.map(|path| {
        let text = String::from_utf8(bytes(path)).expect("text");
        text.lines().filter(|line| !line.starts_with("##")).map(str::to_owned).collect::<Vec<_>>()
    });
    assert_eq!(one, other);
    let cut = dir.path().join("cut.bcf");
    let whole = bytes(&bcf);
    std::fs::write(&cut, &whole[..whole.len() / 2]).expect("written");
    let output = rihla(["call", "--ref", &genome, "--bam", &bam, "--alleles", &text(cut), "--out", &prefix]);
    assert_eq!(output.status.code(), Some(65), "{}", said(&output));
    assert!(said(&output).contains("cut.bcf"), "{}", said(&output));
}
