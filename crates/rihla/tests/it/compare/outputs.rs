//! What is written: the same bytes for any threads, files that other programs read, floors for CI.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use super::lab::{Lab, OUTPUTS, Results, bgzip, gzip};
use crate::harness::{peer, said};

/// Two contigs with some ten thousand records a side, of which one in seven differs.
fn crowd() -> Lab {
    let lab = Lab::of([240_000, 90_000]);
    let mut sides = [Vec::new(), Vec::new()];
    for (contig, length) in [("chr1", 240_000), ("chr2", 90_000)] {
        for (i, position) in (30..length - 100).step_by(31).enumerate() {
            let genotype = ["0/1", "1/1", "0|1"][i % 3];
            let quality = (10 + i % 50).to_string();
            let filter = if i % 11 == 0 { "LowQual" } else { "PASS" };
            let scores = (quality.as_str(), filter);
            let deleted = lab.letters(contig, position, 1 + i % 9);
            let line = |genotype: &str, scores| match i % 4 {
                3 if deleted.len() > 1 => {
                    lab.record(contig, position, (&deleted, &deleted[..1]), genotype, scores)
                }
                _ => lab.scored(contig, position, genotype, scores),
            };
            match i % 7 {
                0 if i % 2 == 0 => sides[0].push(line(genotype, ("50", "PASS"))),
                0 => sides[1].push(line(genotype, scores)),
                _ => {
                    sides[0].push(line(genotype, ("50", "PASS")));
                    sides[1].push(line(if i % 13 == 0 { "1/1" } else { genotype }, scores));
                }
            }
        }
    }
    lab.vcf("t.vcf", &sides[0]);
    lab.vcf("q.vcf", &sides[1]);
    lab.write("conf.bed", "chr1\t1000\t200000\nchr2\t0\t45000\n");
    let mut odd = String::new();
    for start in (0..240_000).step_by(5_000) {
        writeln!(odd, "chr1\t{start}\t{}", start + 2_015).expect("a string takes everything");
    }
    lab.write("odd.bed", odd);
    lab.write("second.bed", "chr2\t0\t90000\n");
    lab
}

const REGIONS: [&str; 6] = ["--bed", "conf.bed", "--strata", "odd=odd.bed", "--strata", "second=second.bed"];

#[test]
fn bytes_depend_on_inputs_alone() {
    let lab = crowd();
    let run = |options: &[&str]| {
        lab.compared("t.vcf", "q.vcf", &[&REGIONS[..], options].concat());
        OUTPUTS.map(|ending| fs::read(lab.path(&format!("out/P.{ending}"))).expect("a file"))
    };
    let first = run(&["--threads", "1"]);
    let same = |other: [Vec<u8>; 6], what: &str| {
        for ((first, other), ending) in first.iter().zip(&other).zip(OUTPUTS) {
            assert!(first == other, "{what}: {ending}");
        }
    };
    same(run(&["--threads", "2"]), "two threads");
    same(run(&["--threads", "3", "--quiet"]), "three threads");
    let fasta = lab.fasta();
    lab.write("ref.fa", gzip(&fasta));
    same(run(&[]), "gzip FASTA");
    lab.write("ref.fa", bgzip(&fasta));
    same(run(&[]), "bgzip FASTA");
}

/// Truth and query, decision, kind: how often in the lines that `wanted` takes.
fn tallied(results: &Results, wanted: impl Fn(&[&str]) -> bool) -> BTreeMap<(String, String, String), u64> {
    let mut counts = BTreeMap::new();
    for record in results.records().iter().filter(|record| wanted(record)) {
        for (side, name) in ["TRUTH", "QUERY"].into_iter().enumerate() {
            let fields: Vec<&str> = record[9 + side].split(':').collect();
            *counts.entry((name.to_owned(), fields[1].to_owned(), fields[5].to_owned())).or_default() += 1;
        }
    }
    counts
}

#[test]
fn strata_are_what_the_annotated_lines_say() {
    let lab = crowd();
    let results = lab.compared("t.vcf", "q.vcf", &REGIONS);
    for subset in ["*", "odd", "second"] {
        let named = |record: &[&str]| {
            let regions = record[7].split(';').find_map(|entry| entry.strip_prefix("Regions="));
            subset == "*" || regions.is_some_and(|list| list.split(',').any(|name| name == subset))
        };
        let counts = tallied(&results, named);
        for kind in ["SNP", "INDEL"] {
            let row = results.extended.iter().find(|row| {
                let filter = (row["Type"].as_str(), row["Filter"].as_str()) == (kind, "PASS");
                filter && row["Subtype"] == "*" && row["Genotype"] == "*" && row["Subset"] == subset
            });
            let row = row.expect("a row");
            for column in ["TRUTH.TP", "TRUTH.FN", "QUERY.TP", "QUERY.FP", "QUERY.UNK"] {
                let (side, decision) = column.split_once('.').expect("two words");
                let key = (side.to_owned(), decision.to_owned(), kind.to_owned());
                let by_hand = counts.get(&key).copied().unwrap_or(0);
                assert_eq!(row[column], by_hand.to_string(), "{subset} {kind} {column}");
                assert!(by_hand > 0, "{subset} {kind} {column}: the test has none");
            }
        }
    }
    // A stratum alone: the same as a run that is confined to it, as no record lies at an edge of it.
    let alone = lab.compared("t.vcf", "q.vcf", &["--bed", "second.bed"]);
    let strata = lab.compared("t.vcf", "q.vcf", &["--strata", "second=second.bed"]);
    for row in strata.extended.iter().filter(|row| row["Subset"] == "second") {
        let same = |other: &&super::lab::Row| {
            let keys = ["Type", "Subtype", "Filter", "Genotype"];
            other["Subset"] == "*" && keys.iter().all(|key| other[*key] == row[*key])
        };
        let other = alone.extended.iter().find(same).expect("the same row");
        for column in ["TRUTH.TOTAL", "TRUTH.TP", "TRUTH.FN", "QUERY.TP", "QUERY.FP", "METRIC.F1_Score"] {
            assert_eq!(row[column], other[column], "{row:?}");
        }
    }
}

#[test]
fn floors_set_the_exit_code() {
    let lab = Lab::new();
    let mut calls = lab.six();
    calls.pop();
    lab.vcf("calls.vcf", &calls);
    lab.write("one.bed", "chr1\t0\t3000\n");
    let run =
        |floors: &str| lab.run("t.vcf", "calls.vcf", &["--strata", "one=one.bed", "--fail-below", floors]);
    for kept in ["snp.recall=0.83,snp.precision=1", "snp.f1=0.909090", "one:snp.f1=1", "snp.tv.recall=0.5"] {
        let output = run(kept);
        assert_eq!(output.status.code(), Some(0), "{kept}: {}", said(&output));
    }
    for (missed, words) in [
        ("snp.recall=0.84", &["snp.recall", "0.8333", "0.8400"][..]),
        ("snp.f1=0.99,snp.precision=1,snp.recall=0.9", &["snp.f1", "snp.recall"]),
        ("one:snp.f1=1,indel.f1=0", &["indel.f1", "nothing to count"]),
    ] {
        for ending in OUTPUTS {
            fs::remove_file(lab.path(&format!("out/P.{ending}"))).expect("there");
        }
        let output = run(missed);
        assert_eq!(output.status.code(), Some(1), "{missed}: {}", said(&output));
        let results = lab.results(&output);
        assert_eq!(results.counts("SNP", "PASS"), [5, 1, 0, 0], "outputs are written all the same");
        let said = results.said.lines().find(|line| line.starts_with("rihla: ")).expect("an error");
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
        assert!(!said.contains("snp.precision"), "what is kept is not complained of: {said}");
    }
}

#[test]
fn floors_hold_when_nobody_reads_the_table() {
    let lab = Lab::new();
    lab.vcf("calls.vcf", &lab.six()[..3]);
    let args = ["--ref", "ref.fa", "--truth", "t.vcf", "--query", "calls.vcf", "-o", "out/P"];
    let mut program = lab.program(&[&args[..], &["--fail-below", "snp.f1=0.99"]].concat());
    let mut child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ended");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    lab.results(&output);
}

#[test]
fn quiet_is_quiet() {
    let lab = Lab::new();
    let results = lab.compared("t.vcf", "t.vcf", &["--quiet"]);
    assert_eq!((results.said.as_str(), results.shown.as_str()), ("", ""));
    let results = lab.compared("t.vcf", "t.vcf", &[]);
    assert!(results.shown.contains("SNP") && results.shown.contains("1.0000"), "{}", results.shown);
}

#[test]
fn summaries_are_as_multiqc_reads_them() {
    let lab = crowd();
    let results = lab.compared("t.vcf", "q.vcf", &REGIONS);
    let text = fs::read_to_string(lab.path("out/P.summary.csv")).expect("a table");
    // What MultiQC knows the file by, and the columns that it takes numbers from.
    assert!(
        text.starts_with("Type,Filter,TRUTH.TOTAL,TRUTH.TP,TRUTH.FN,QUERY.TOTAL,QUERY.FP,QUERY.UNK,FP.gt")
    );
    let kinds: Vec<(&str, &str)> =
        results.summary.iter().map(|row| (row["Type"].as_str(), row["Filter"].as_str())).collect();
    assert_eq!(kinds, [("INDEL", "ALL"), ("INDEL", "PASS"), ("SNP", "ALL"), ("SNP", "PASS")]);
    for row in &results.summary {
        for (column, value) in row.iter().filter(|(column, _)| !["Type", "Filter"].contains(&column.as_str()))
        {
            let absent = value.is_empty() && row["Type"] == "INDEL" && column.contains("TiTv");
            assert!(absent || value.parse::<f64>().is_ok(), "{column} {value}");
        }
        let number = |column: &str| row[column].parse::<f64>().expect("a number");
        let (recall, precision) = (number("METRIC.Recall"), number("METRIC.Precision"));
        let f1 = 2.0 * recall * precision / (recall + precision);
        assert!((f1 - number("METRIC.F1_Score")).abs() < 2e-6, "{row:?}");
        assert!((number("TRUTH.TP") / number("TRUTH.TOTAL") - recall).abs() < 1e-6);
    }
}

/// What bcftools says.
fn bcftools(args: &[&OsStr]) -> Option<String> {
    let output = peer("bcftools", args)?;
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(said(&output), "", "no warning");
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

#[test]
fn bcftools_reads_the_annotated_vcf_and_its_index() {
    let lab = crowd();
    let results = lab.compared("t.vcf", "q.vcf", &REGIONS);
    let path = lab.path("out/P.vcf.gz");
    let (path, os) = (path.as_os_str(), OsStr::new);
    let Some(all) = bcftools(&[os("view"), os("--no-header"), path]) else { return };
    assert_eq!(all.lines().count(), results.records().len());
    let per_contig = bcftools(&[os("index"), os("--stats"), path]).expect("bcftools");
    let counted: usize =
        per_contig.lines().filter_map(|line| line.split('\t').nth(2)?.parse::<usize>().ok()).sum();
    assert_eq!(counted, results.records().len(), "{per_contig}");
    for region in ["chr1:100000-101000", "chr1:239000-240000", "chr2:1-500", "chr2:44900-45100"] {
        let (contig, range) = region.split_once(':').expect("a contig");
        let (start, end) = range.split_once('-').expect("a range");
        let (start, end): (usize, usize) = (start.parse().expect("a number"), end.parse().expect("a number"));
        let overlaps = |record: &&Vec<&str>| {
            let position: usize = record[1].parse().expect("POS");
            record[0] == contig && position <= end && position + record[3].len() > start
        };
        let by_hand = results.records().iter().filter(overlaps).count();
        let found = bcftools(&[os("view"), os("--no-header"), path, os(region)]).expect("bcftools");
        assert_eq!(found.lines().count(), by_hand, "{region}");
        assert!(by_hand > 0);
    }
    let wrong = "FMT/BD[1]=\"FP\" & FMT/BVT[1]=\"SNP\"";
    let wrong =
        bcftools(&[os("view"), os("--no-header"), os("--include"), os(wrong), path]).expect("bcftools");
    assert_eq!(wrong.lines().count() as u64, results.counts("SNP", "PASS")[2]);
}

#[test]
fn the_sample_of_the_repository_against_itself() {
    let mini = |name: &str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/mini").join(name);
        path.into_os_string().into_string().expect("a path that is text")
    };
    let lab = Lab::new();
    let (reference, truth, bed) = (mini("ref.fa.gz"), mini("truth.vcf"), mini("truth.bed"));
    let args = ["--ref", &reference, "--truth", &truth, "--query", &truth, "--bed", &bed, "-o", "out/P"];
    let results = lab.results(&lab.program(&args).output().expect("starts"));
    let [snp, indel] = ["SNP", "INDEL"].map(|kind| results.counts(kind, "PASS"));
    assert!(snp[0] > 50 && indel[0] > 10, "{snp:?} {indel:?}");
    assert_eq!((&snp[1..3], &indel[1..3]), (&[0, 0][..], &[0, 0][..]));
    assert_eq!(results.fate("truth", "read"), results.values(0, "BD").len() as u64);
}

/// Real truth against itself; `None` where the data are not at hand.
fn itself(reference: &str, truth: &str, options: &[&str]) -> Option<Results> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let root = std::env::var_os("RIHLA_DATA").map_or(root, Into::into);
    let (reference, truth) = (root.join(reference), root.join(truth));
    if !reference.is_file() || !truth.is_file() {
        eprintln!("skipped: {} is not at hand", truth.display());
        return None;
    }
    let lab = Lab::new();
    let options = options.iter().map(|option| match option.strip_prefix('@') {
        Some(file) => root.join(file).into_os_string(),
        None => option.into(),
    });
    let output = Command::new(env!("CARGO_BIN_EXE_rihla"))
        .current_dir(lab.path(""))
        .args(["compare", "--out-prefix", "out/P", "--ref"])
        .args([reference.as_os_str(), OsStr::new("--truth"), truth.as_os_str(), OsStr::new("--query")])
        .arg(&truth)
        .args(options)
        .output()
        .expect("starts");
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    Some(lab.results(&output))
}

#[test]
fn real_truth_against_itself_is_perfect() {
    for (reference, truth, options) in [
        ("grch38-20mb/ref.fa.gz", "grch38-20mb/variants.vcf.gz", &["--bed", "@grch38-20mb/easy.bed"][..]),
        ("grch38-20mb/ref.fa.gz", "grch38-20mb/variants.vcf.gz", &["--ignore-genotype"]),
        ("grch38-20mb/ref.fa.gz", "sim-1mb-30x/truth.vcf.gz", &["--bed", "@sim-1mb-30x/truth.bed"]),
        ("hg19-chr20/ref.fa.gz", "hg19-chr20/giab-hg002-10x-chr20-357k/truth.vcf.gz", &[]),
        ("hg19-chr20/ref.fa.gz", "hg19-chr20/giab-hg001-chr20-270k-9x/truth.vcf.gz", &[]),
    ] {
        let Some(results) = itself(reference, truth, options) else { continue };
        assert_eq!(results.fate("truth", "read"), results.fate("query", "read"));
        for filter in ["ALL", "PASS"] {
            let [snp, indel] = ["SNP", "INDEL"].map(|kind| results.counts(kind, filter));
            assert!(snp[0] > 20 && indel[0] > 2, "{truth}: {snp:?} {indel:?}");
            for [_, missed, wrong, _] in [snp, indel] {
                assert_eq!((missed, wrong), (0, 0), "{truth} {filter} {options:?}");
            }
        }
    }
}
