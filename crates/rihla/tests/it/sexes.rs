//! Chromosomes that are there once: X and Y of a man; the mitochondrion, a mixture; and any other ploidy.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;

use crate::harness::{bytes, rihla, said, succeed};

/// An autosome, X and Y with a pseudoautosomal beginning of 20 kb (masked on Y), and a mitochondrion, with reads of a man
/// and of a woman.
pub struct Bench {
    dir: TempDir,
}

/// One past the pseudoautosomal region.
const PAR_END: usize = 20_000;

impl Bench {
    /// The one of this test.
    pub fn new() -> Self {
        let letters = |length, seed| rihla_testkit::builders::random_letters(length, seed);
        let mut y = letters(90_000, 3);
        y[..PAR_END].fill(b'N');
        let bench = Self { dir: tempfile::tempdir().expect("a folder") };
        let mut text = Vec::new();
        let contigs = [("chr1", letters(150_000, 1)), ("chrX", letters(90_000, 2)), ("chrY", y)];
        for (name, letters) in contigs.into_iter().chain([("chrM", letters(16_000, 4))]) {
            text.extend([format!(">{name}\n").as_bytes(), &letters, b"\n"].concat());
        }
        fs::write(bench.path("ref.fa"), text).expect("written");
        fs::write(bench.path("par.bed"), "chrX\t0\t20000\nchrY\t0\t20000\n").expect("written");
        for sex in ["male", "female"] {
            let (reference, par, out) = (bench.text("ref.fa"), bench.text("par.bed"), bench.text(sex));
            let args = ["simulate", "--ref", &reference, "--out-dir", &out, "--depth", "24", "--seed", "5"];
            succeed(args.iter().chain(&["--sex", sex, "--par", &par, "--mito-copies", "3", "--quiet"]));
        }
        bench
    }

    /// One of its files.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Its path as text.
    pub fn text(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    /// Runs the main job on the reads of a sex; gives what it said.
    pub fn germline(&self, sex: &str, out: &str, more: &[&str]) -> String {
        let (reads, out) = (|mate| self.text(&format!("{sex}/reads_{mate}.fq.gz")), self.text(out));
        let (reference, one, two) = (self.text("ref.fa"), reads(1), reads(2));
        let args =
            ["germline", "--ref", &reference, "--reads", &one, &two, "--sample", "S", "--out-dir", &out];
        said(&succeed(args.iter().chain(more)))
    }
}

fn records(path: &Path) -> Vec<Vec<String>> {
    let mut text = String::new();
    MultiGzDecoder::new(&bytes(path)[..]).read_to_string(&mut text).expect("whole gzip");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect()
}

/// A value of the sample.
fn value<'a>(fields: &'a [String], key: &str) -> Option<&'a str> {
    let mut values = fields[8].split(':').zip(fields[9].split(':'));
    values.find(|(known, _)| *known == key).map(|(_, value)| value)
}

/// How many records of a contig behind a position there are, and how many of them have one copy, in GT and in PL; in a VCF those of
/// a mixture have shares in place of PL.
fn haploid(records: &[Vec<String>], contig: &str, from: usize, to: usize) -> (usize, usize) {
    let inside = |fields: &&Vec<String>| {
        fields[0] == contig && fields[1].parse().is_ok_and(|at: usize| (from + 1..=to).contains(&at))
    };
    let of: Vec<&Vec<String>> = records.iter().filter(inside).collect();
    let is_haploid = |fields: &&&Vec<String>| {
        let count = |key| value(fields, key).map(|list| list.split(['/', '|', ',']).count());
        let (copies, alleles) = (count("GT").expect("there"), 1 + fields[4].split(',').count());
        let expected = if copies == 1 { alleles } else { alleles * (alleles + 1) / 2 };
        let is_gvcf = fields[4].ends_with("<NON_REF>");
        match count("AF") {
            Some(shares) => {
                assert_eq!((shares, count("PL")), (alleles - 1, is_gvcf.then_some(expected)), "{fields:?}");
            }
            None => assert_eq!(count("PL"), Some(expected), "{fields:?}"),
        }
        copies == 1
    };
    (of.len(), of.iter().filter(is_haploid).count())
}

fn sex(bench: &Bench, out: &str) -> serde_json::Value {
    let text = fs::read_to_string(bench.path(out).join("S.metrics.json")).expect("metrics");
    serde_json::from_str::<serde_json::Value>(&text).expect("JSON")["sex"].clone()
}

#[test]
fn a_man_has_one_x_and_a_woman_has_two() {
    let bench = Bench::new();
    let par = bench.text("par.bed");
    let told = bench.germline("male", "m", &["--par", &par, "--gvcf"]);
    assert!(told.contains("the reads look male"), "{told}");
    assert_eq!(
        (sex(&bench, "m")["inferred"].as_str(), sex(&bench, "m")["stated"].as_str()),
        (Some("male"), None)
    );
    for (file, least) in [("m/S.vcf.gz", 10), ("m/S.g.vcf.gz", 30)] {
        let all = records(&bench.path(file));
        for (contig, from) in [("chrX", PAR_END), ("chrY", PAR_END), ("chrM", 0)] {
            let (count, one) = haploid(&all, contig, from, usize::MAX);
            assert!(count > least && count == one, "{file}, {contig}: {one} of {count} haploid");
        }
        for (contig, to) in [("chr1", usize::MAX), ("chrX", PAR_END)] {
            let (count, one) = haploid(&all, contig, 0, to);
            assert!(count > least && one == 0, "{file}, {contig}: {one} of {count} haploid");
        }
    }
    // The truth and the calls agree in copies, too.
    let truth = records(&bench.path("male/truth.vcf.gz"));
    let calls = records(&bench.path("m/S.vcf.gz"));
    let key = |fields: &Vec<String>| {
        (fields[0].clone(), fields[1].clone(), fields[9].split(':').next().map(str::len))
    };
    let found = truth.iter().filter(|one| calls.iter().any(|call| key(call) == key(one))).count();
    assert!(found * 20 > truth.len() * 19, "{found} of {} found", truth.len());

    // The same of the BAM, whose index tells the sex.
    let (reference, bam, out) = (bench.text("ref.fa"), bench.text("m/S.bam"), bench.text("c.vcf.gz"));
    let told = succeed(["call", "--ref", &reference, "--bam", &bam, "--out", &out, "--par", &par]);
    assert!(said(&told).contains("the reads look male"), "{}", said(&told));
    assert_eq!(records(&bench.path("c.vcf.gz")), calls);

    let told = bench.germline("female", "f", &["--par", &par]);
    assert!(told.contains("the reads look female"), "{told}");
    let all = records(&bench.path("f/S.vcf.gz"));
    assert_eq!(haploid(&all, "chrX", 0, usize::MAX).1, 0);
    assert!(all.iter().all(|fields| fields[0] != "chrY" || fields[6].contains("PloidyConflict")));
}

#[test]
fn a_sheet_states_the_sex() {
    let bench = Bench::new();
    let sheet = |sexes: [&str; 2]| {
        let line = |sex: &str, mate: u8| format!("P,{sex},0,S,L{mate},female/reads_{mate}.fq.gz\n");
        let text =
            format!("patient,sex,status,sample,lane,fastq_1\n{}{}", line(sexes[0], 1), line(sexes[1], 2));
        fs::write(bench.path("s.csv"), text).expect("written");
    };
    let run = |more: &[&str]| {
        let (reference, par, out) = (bench.text("ref.fa"), bench.text("par.bed"), bench.text("s"));
        let sheet = bench.text("s.csv");
        let args = ["germline", "--ref", &reference, "--sheet", &sheet, "--par", &par, "--out-dir", &out];
        rihla(args.iter().chain(more))
    };
    sheet(["XY", "XY"]);
    let told = said(&run(&[]));
    assert!(told.contains("warning: the sheet's sex is male, but the reads look female: X has"), "{told}");
    assert_eq!(sex(&bench, "s")["stated"].as_str(), Some("male"));
    let told = said(&run(&["--sex", "female"]));
    assert!(!told.contains("warning"), "the option decides: {told}");
    sheet(["NA", "XX"]);
    assert!(run(&[]).status.success());
    assert_eq!(sex(&bench, "s")["stated"].as_str(), Some("female"));
    for (sexes, problem) in [(["XX", "XY"], "state two sexes"), (["XX", "XXY"], "'XXY' is none of")] {
        sheet(sexes);
        let output = run(&[]);
        assert_eq!(output.status.code(), Some(65));
        assert!(said(&output).contains(problem), "{}", said(&output));
    }
}

#[test]
fn options_decide_and_what_contradicts_them_is_said() {
    let bench = Bench::new();
    let par = bench.text("par.bed");
    let told = bench.germline("female", "f", &["--par", &par, "--sex", "male", "--quiet"]);
    assert!(told.contains("warning: --sex is male, but the reads look female: X has"), "{told}");
    assert_eq!(sex(&bench, "f")["is_mismatch"].as_bool(), Some(true));
    let (count, one) = haploid(&records(&bench.path("f/S.vcf.gz")), "chrX", PAR_END, usize::MAX);
    assert!(count > 0 && count == one);

    bench.germline("male", "n", &["--sex", "none"]);
    assert!(sex(&bench, "n").is_null());
    let all = records(&bench.path("n/S.vcf.gz"));
    assert_eq!(["chrX", "chrY", "chrM"].map(|contig| haploid(&all, contig, 0, usize::MAX).1), [0; 3]);

    bench.germline("female", "t", &["--ploidy", "3"]);
    let all = records(&bench.path("t/S.vcf.gz"));
    let genotypes: Vec<&str> = all.iter().filter_map(|fields| fields[9].split(':').next()).collect();
    assert!(genotypes.len() > 100 && genotypes.iter().all(|genotype| genotype.split('/').count() == 3));

    let (reference, bam) = (bench.text("ref.fa"), bench.text("f/S.bam"));
    let (out, gvcf) = (bench.text("x.vcf.gz"), bench.text("x.g.vcf.gz"));
    let args = ["call", "--ref", &reference, "--bam", &bam, "--out", &out];
    let refused = rihla(args.iter().copied().chain(["--gvcf", &gvcf, "--ploidy", "4"]));
    assert_eq!(refused.status.code(), Some(2));
    assert!(said(&refused).contains("one or two copies of a chromosome, not of 4"), "{}", said(&refused));
    assert!(!bench.path("x.vcf.gz").exists());
    assert_eq!(rihla(args.iter().copied().chain(["--sex", "male", "--ploidy", "1"])).status.code(), Some(2));
}

#[test]
fn a_mitochondrion_of_two_is_called_with_its_shares() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name);
    let text = |name: &str| path(name).to_string_lossy().into_owned();
    let letters = rihla_testkit::builders::random_letters(16_000, 4);
    fs::write(path("ref.fa"), [b">chrM\n", &letters[..], b"\n"].concat()).expect("written");
    let (reference, sample, out) = (text("ref.fa"), text("s"), text("o"));
    // Six hundred reads of each place, a tenth of them of another person.
    let args =
        ["simulate", "--ref", &reference, "--out-dir", &sample, "--depth", "12", "--seed", "5", "--quiet"];
    let mixture =
        ["--mito-copies", "100", "--contamination", "0.1", "--snv-rate", "0.003", "--mnp-share", "0"];
    succeed(args.iter().chain(&mixture).chain(&["--complex-share", "0"]));
    let (one, two) = (text("s/reads_1.fq.gz"), text("s/reads_2.fq.gz"));
    let args = ["germline", "--ref", &reference, "--reads", &one, &two, "--sample", "S", "--out-dir", &out];
    succeed(args.iter().chain(&["--gvcf", "--quiet"]));

    let of =
        |name: &str| records(&path(name)).into_iter().map(|fields| fields[1..5].to_vec()).collect::<Vec<_>>();
    let (first, second) = (of("s/truth.vcf.gz"), of("s/contaminant.vcf.gz"));
    let calls = records(&path("o/S.vcf.gz"));
    let mut minor = 0;
    for allele in first.iter().chain(&second) {
        let share = [&first, &second].map(|of| f64::from(u8::from(of.contains(allele))));
        let share = 0.9 * share[0] + 0.1 * share[1];
        let call = calls.iter().find(|fields| fields[1..5] == allele[..]).expect("every allele is found");
        let found: f64 = value(call, "AF").and_then(|found| found.parse().ok()).expect("one share");
        assert!((found - share).abs() < 0.05 && call[6] == "PASS", "{share}: {call:?}");
        assert_eq!(value(call, "GT"), Some(if share == 1.0 { "1" } else { "0/1" }), "{call:?}");
        minor += usize::from(share < 0.5);
    }
    assert!(
        minor > 10
            && calls
                .iter()
                .all(|call| first.contains(&call[1..5].to_vec()) || second.contains(&call[1..5].to_vec()))
    );

    // The gVCF has the same, with PL of what is there.
    let plain = |fields: &Vec<String>, symbol: &str| {
        let alternates = fields[4].trim_end_matches(symbol).to_owned();
        let shares = value(fields, "AF").map(|list| list.split(',').next().expect("one").to_owned());
        (fields[..4].to_vec(), alternates, value(fields, "GT").map(str::to_owned), shares)
    };
    let all = records(&path("o/S.g.vcf.gz"));
    let variants: Vec<_> = all.iter().filter(|fields| fields[4] != "<NON_REF>").collect();
    let found: Vec<_> = variants.iter().map(|fields| plain(fields, ",<NON_REF>")).collect();
    assert_eq!(found, calls.iter().map(|fields| plain(fields, "")).collect::<Vec<_>>());
    for fields in variants {
        let likelihoods: Vec<u32> =
            value(fields, "PL").expect("PL").split(',').map(|one| one.parse().expect("a number")).collect();
        let expected = if value(fields, "GT") == Some("1") { 3 } else { 6 };
        assert_eq!((likelihoods.len(), likelihoods[1]), (expected, 0), "{fields:?}");
    }
    let blocks = all.iter().filter(|fields| fields[4] == "<NON_REF>");
    assert!(blocks.filter_map(|fields| value(fields, "GT")).all(|genotype| ["0", "."].contains(&genotype)));

    // One copy where it is asked for.
    let (bam, haploid) = (text("o/S.bam"), text("h.vcf.gz"));
    succeed(["call", "--ref", &reference, "--bam", &bam, "--out", &haploid, "--ploidy", "1", "--quiet"]);
    let haploid = records(&path("h.vcf.gz"));
    assert_eq!(haploid.len(), first.len());
    assert!(haploid.iter().all(|fields| value(fields, "AF").is_none() && value(fields, "GT") == Some("1")));
}
