//! Samples of several lanes: read groups, libraries, sample sheets.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::harness::{Sample, bytes, names, rihla, said, succeed};

const DUPLICATE: u16 = 0x400;

/// Pairs of the sample that are used: enough for a model of their lengths.
const PAIRS: usize = 6_000;

/// The FASTQ records of one end, without their names.
fn reads(mate: usize) -> Vec<String> {
    let file = fs::File::open(Sample::get().file(&format!("reads_{mate}.fq.gz"))).expect("reads");
    let lines: Vec<String> = BufReader::new(MultiGzDecoder::new(file))
        .lines()
        .take(4 * PAIRS)
        .map(|line| line.expect("text"))
        .collect();
    lines.chunks_exact(4).map(|record| record[1..].join("\n")).collect()
}

/// Writes both ends of some reads as a sequencer would name them, by flow cell and lane.
fn write_lane(dir: &Path, name: &str, unit: &str, numbers: std::ops::Range<usize>) -> [String; 2] {
    [1, 2].map(|mate| {
        let path = dir.join(format!("{name}_{mate}.fq"));
        let reads = reads(mate);
        let record = |i: usize| format!("@M:1:{unit}:1101:{i}:{i} {mate}:N:0:A\n{}\n", reads[i]);
        fs::write(&path, numbers.clone().map(record).collect::<String>()).expect("written");
        text(&path)
    })
}

/// The reads in two lanes.
fn write_lanes(dir: &Path) -> [[String; 2]; 2] {
    let half = PAIRS / 2;
    [write_lane(dir, "one", "FC:1", 0..half), write_lane(dir, "two", "FC:2", half..PAIRS)]
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Aligns to sorted SAM; gives its header and its records.
fn align(dir: &Path, name: &str, more: &[&str]) -> (Vec<String>, Vec<String>) {
    let (reference, out) = (text(&Sample::get().file("genome.fa")), dir.join(format!("{name}.sam")));
    let args = ["align", "--ref", &reference, "--insert-size", "350,50", "--out", &text(&out)];
    succeed(args.iter().chain(more));
    let sam = String::from_utf8(bytes(&out)).expect("SAM is text");
    let (header, records): (Vec<_>, Vec<_>) =
        sam.lines().map(str::to_owned).partition(|line| line.starts_with('@'));
    (header, records)
}

/// A record without its read group, and that.
fn apart(record: &str) -> (String, String) {
    let (fields, group): (Vec<&str>, Vec<&str>) =
        record.split('\t').partition(|field| !field.starts_with("RG:Z:"));
    (fields.join("\t"), group[0][5..].to_owned())
}

fn read_groups(header: &[String]) -> Vec<&str> {
    header.iter().filter(|line| line.starts_with("@RG")).map(String::as_str).collect()
}

fn duplicates(records: &[String]) -> usize {
    let flags = |record: &String| record.split('\t').nth(1).expect("FLAG").parse::<u16>().expect("a number");
    records.iter().filter(|record| flags(record) & DUPLICATE != 0).count()
}

#[test]
fn lanes_are_read_groups_and_else_as_one() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    let [one, two] = write_lanes(dir);
    let lanes = ["--reads", &one[0], &one[1], "--reads", &two[0], &two[1], "--sample", "S"];
    let (header, records) = align(dir, "lanes", &lanes);
    assert_eq!(
        read_groups(&header),
        [
            "@RG\tID:S.FC.1\tSM:S\tLB:S\tPL:ILLUMINA\tPU:FC.1",
            "@RG\tID:S.FC.2\tSM:S\tLB:S\tPL:ILLUMINA\tPU:FC.2"
        ]
    );
    // The same reads in one file.
    let both = [0, 1].map(|mate| {
        let path = dir.join(format!("both_{}.fq", mate + 1));
        fs::write(&path, [bytes(&one[mate]), bytes(&two[mate])].concat()).expect("written");
        text(&path)
    });
    let (_, whole) = align(dir, "whole", &["--reads", &both[0], &both[1], "--sample", "S"]);
    assert!(records.len() >= 2 * PAIRS);
    assert_eq!(records.len(), whole.len());
    for (record, whole) in records.iter().zip(&whole) {
        let ((record, group), (whole, _)) = (apart(record), apart(whole));
        assert_eq!(record, whole);
        let lane = record.split(':').nth(3).expect("a lane");
        assert_eq!(group, format!("S.FC.{lane}"));
    }
    // Whatever the threads.
    let again: Vec<&str> = lanes.iter().copied().chain(["--threads", "1"]).collect();
    let (_, one_thread) = align(dir, "thread", &again);
    assert_eq!(one_thread, records);
}

#[test]
fn sheets_give_the_same_as_options() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    let [one, two] = write_lanes(dir);
    let (header, records) =
        align(dir, "lanes", &["--reads", &one[0], &one[1], "--reads", &two[0], &two[1], "--sample", "S"]);
    let sheet = |name: &str, text: &str| {
        let path = dir.join(name);
        fs::write(&path, text).expect("written");
        path.to_string_lossy().into_owned()
    };
    // Files are found beside the sheet.
    let core = sheet(
        "core.csv",
        "sample,fastq_1,fastq_2\nT,three_1.fq,three_2.fq\nS,one_1.fq,one_2.fq\nS,two_1.fq,two_2.fq\n",
    );
    let (core_header, core_records) = align(dir, "core", &["--sheet", &core, "--sample", "S"]);
    assert_eq!((read_groups(&core_header), &core_records), (read_groups(&header), &records));
    let dragen = sheet(
        "fastq_list.csv",
        "RGID,RGSM,RGLB,Lane,Read1File,Read2File\nA.1,S,lib,1,one_1.fq,one_2.fq\nA.2,S,lib,2,two_1.fq,two_2.fq\n",
    );
    let (dragen_header, dragen_records) = align(dir, "dragen", &["--sheet", &dragen]);
    assert_eq!(
        read_groups(&dragen_header),
        [
            "@RG\tID:A.1\tSM:S\tLB:lib\tPL:ILLUMINA\tPU:FC.1",
            "@RG\tID:A.2\tSM:S\tLB:lib\tPL:ILLUMINA\tPU:FC.2"
        ]
    );
    let plain = |records: &[String]| records.iter().map(|record| apart(record).0).collect::<Vec<_>>();
    assert_eq!(plain(&dragen_records), plain(&records));
    // What a sheet does not settle is asked for.
    let reference = text(&Sample::get().file("genome.fa"));
    let out = text(&dir.join("refused.sam"));
    let refused = |more: &[&str]| {
        let args = ["align", "--ref", &reference, "--out", &out];
        let output = rihla(args.iter().chain(more));
        assert!(!dir.join("refused.sam").exists());
        (output.status.code(), said(&output))
    };
    let (code, said) = refused(&["--sheet", &core]);
    assert!(code == Some(2) && said.contains("give --sample with one of: S, T"), "{said}");
    let (code, said) = refused(&["--sheet", &core, "--sample", "U"]);
    assert!(code == Some(2) && said.contains("there is no sample U"), "{said}");
    let (code, said) = refused(&["--sheet", &core, "--sample", "T"]);
    assert!(code == Some(66) && said.contains("three_1.fq"), "{said}");
    let (code, said) = refused(&["--sheet", &core, "--sample", "S", "--reads", "x.fq"]);
    assert!(code == Some(2) && said.contains("cannot be used with"), "{said}");
    let (code, said) = refused(&["--sheet", &sheet("bad.csv", "sample,fastq_1\nS\n")]);
    assert!(code == Some(65) && said.contains("bad.csv"), "{said}");
    let (code, said) = refused(&["--sheet", "none.csv"]);
    assert!(code == Some(66) && said.contains("none.csv"), "{said}");
    let (code, said) = refused(&["--reads", &one[0], "--reads", &one[0], "--sample", "S"]);
    assert!(code == Some(2) && said.contains("is given twice"), "{said}");
    // The last rename would destroy the sheet.
    let output = rihla(["align", "--ref", &reference, "--sheet", &core, "--sample", "S", "--out", &core]);
    assert!(
        output.status.code() == Some(2) && crate::harness::said(&output).contains("an input and an output")
    );
    assert!(bytes(&core).starts_with(b"sample,"));
}

#[test]
fn duplicates_are_looked_for_inside_a_library() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    let count = 2_000;
    // The same molecules twice.
    let one = write_lane(dir, "one", "FC:1", 0..count);
    let two = write_lane(dir, "two", "FC:2", 0..count);
    let by_library = |name: &str, libraries: [&str; 2]| {
        let sheet = dir.join(format!("{name}.csv"));
        let row = |lane: usize, reads: &[String; 2]| {
            format!("{lane},S,{},{lane},{},{}\n", libraries[lane - 1], reads[0], reads[1])
        };
        let rows = row(1, &one) + &row(2, &two);
        fs::write(&sheet, format!("RGID,RGSM,RGLB,Lane,Read1File,Read2File\n{rows}")).expect("written");
        align(dir, name, &["--sheet", &text(&sheet)]).1
    };
    let (_, alone) = align(dir, "alone", &["--reads", &one[0], &one[1], "--sample", "S"]);
    let apart = by_library("two", ["a", "b"]);
    let together = by_library("same", ["a", "a"]);
    assert_eq!(duplicates(&apart), 2 * duplicates(&alone));
    let mapped =
        |records: &[String]| records.iter().filter(|record| record.split('\t').nth(2) != Some("*")).count();
    assert!(duplicates(&together) > mapped(&together) * 48 / 100, "of two copies one is a duplicate");
}

#[test]
fn every_lane_is_accounted_for_and_a_damaged_one_leaves_nothing() {
    let dir = tempfile::tempdir().expect("a folder");
    let dir = dir.path();
    let one = write_lane(dir, "one", "FC:1", 0..1_000);
    let two = write_lane(dir, "two", "FC:2", 1_000..2_000);
    let reference = text(&Sample::get().file("genome.fa"));
    let run = |name: &str, second: &[&str]| {
        let out: PathBuf = dir.join(name);
        let args = ["germline", "--ref", &reference, "--reads", &one[0], &one[1], "--reads"];
        let last = ["--sample", "S", "--out-dir", &text(&out)].map(str::to_owned);
        let output = rihla(args.iter().chain(second).map(|&arg| arg.to_owned()).chain(last));
        (output, out)
    };
    // Pairs and single reads together.
    let (output, out) = run("mixed", &[&two[0]]);
    assert!(output.status.success(), "{}", said(&output));
    let metrics = String::from_utf8(bytes(out.join("S.metrics.json"))).expect("text");
    let metrics: serde_json::Value = serde_json::from_str(&metrics).expect("JSON");
    assert_eq!(metrics["reads"]["total"], 3_000, "{metrics}");
    let groups = metrics["read_groups"].as_array().expect("a list");
    let numbers = |key: &str| groups.iter().map(|group| group[key].as_u64()).collect::<Vec<_>>();
    assert_eq!(groups[1]["read_group"], "S.FC.2");
    assert_eq!(groups[1]["files"], serde_json::json!([two[0]]));
    assert_eq!(numbers("reads"), [Some(2_000), Some(1_000)]);
    assert_eq!((numbers("written"), numbers("removed")), (numbers("reads"), vec![Some(0), Some(0)]));
    let cut = bytes(&two[1]);
    fs::write(&two[1], &cut[..cut.len() / 2]).expect("written");
    let (output, out) = run("cut", &[&two[0], &two[1]]);
    assert_eq!(output.status.code(), Some(65));
    assert!(said(&output).contains("two_2.fq"), "{}", said(&output));
    assert_eq!(names(&out), Vec::<String>::new());
    let (output, _) = run("missing", &[&two[0], "none.fq"]);
    assert_eq!(output.status.code(), Some(66), "{}", said(&output));
    assert!(said(&output).contains("none.fq"), "{}", said(&output));
}
