//! What becomes of duplicates, and what is said about them.

use std::path::Path;

use crate::harness::{Sample, bytes, names, rihla, said, succeed};

const DUPLICATE: u16 = 0x400;

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Aligns the sample to sorted SAM; gives its records.
fn align(out: &Path, more: &[&str]) -> Vec<String> {
    let sample = Sample::get();
    let file = |name: &str| text(&sample.file(name));
    let [reference, one, two] = ["genome.fa", "reads_1.fq.gz", "reads_2.fq.gz"].map(file);
    let out = text(out);
    let args = ["align", "--ref", &reference, "--reads", &one, &two, "--sample", "S", "--out", &out];
    succeed(args.iter().chain(more));
    let sam = String::from_utf8(bytes(&out)).expect("SAM is text");
    sam.lines().filter(|line| !line.starts_with('@')).map(str::to_owned).collect()
}

fn is_duplicate(record: &str) -> bool {
    let flags = record.split('\t').nth(1).and_then(|flags| flags.parse::<u16>().ok()).expect("flags");
    flags & DUPLICATE != 0
}

#[test]
fn duplicates_are_flagged_or_removed_and_nothing_else_changes() {
    let dir = tempfile::tempdir().expect("a folder");
    let flagged = align(&dir.path().join("flagged.sam"), &[]);
    let removed = align(&dir.path().join("removed.sam"), &["--remove-duplicates"]);
    let left: Vec<String> = flagged.iter().filter(|record| !is_duplicate(record)).cloned().collect();
    assert!(left.len() < flagged.len(), "the sample has duplicates");
    assert!(removed == left);
}

#[test]
fn removed_reads_are_accounted_for() {
    let dir = tempfile::tempdir().expect("a folder");
    let args = Sample::get().germline(dir.path()).into_iter().chain(["--remove-duplicates".to_owned()]);
    succeed(args);
    let metrics: serde_json::Value =
        serde_json::from_slice(&bytes(dir.path().join("DEMO.metrics.json"))).expect("JSON");
    let group = &metrics["read_groups"][0];
    let number = |value: &serde_json::Value| value.as_u64().expect("a number");
    assert_eq!(number(&group["reads"]), number(&group["written"]) + number(&group["removed"]));
    assert_eq!(group["removed"], metrics["reads"]["duplicates"], "mapped reads alone are duplicates");
    assert!(number(&group["removed"]) > 0, "the sample has duplicates");
}

#[test]
fn the_metrics_are_picards_and_agree_with_the_flags() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("metrics.txt");
    let records = align(&dir.path().join("s.sam"), &["--duplicate-metrics", &text(&path)]);
    let row = |file: &Path| {
        let metrics = String::from_utf8(bytes(file)).expect("text");
        let mut lines = metrics.lines().skip_while(|line| !line.starts_with("## METRICS CLASS"));
        assert_eq!(lines.next(), Some("## METRICS CLASS\tpicard.sam.DuplicationMetrics"));
        let columns: Vec<String> = lines.next().expect("columns").split('\t').map(str::to_owned).collect();
        let values: Vec<String> = lines.next().expect("a row").split('\t').map(str::to_owned).collect();
        columns.into_iter().zip(values).collect::<Vec<_>>()
    };
    let values = row(&path);
    let value = |name: &str| {
        let (_, value) = values.iter().find(|(column, _)| column == name).expect("a column");
        value.clone()
    };
    assert_eq!(value("LIBRARY"), "S");
    let number = |name: &str| value(name).parse::<usize>().expect("a number");
    let marked = records.iter().filter(|record| is_duplicate(record)).count();
    assert_eq!(2 * number("READ_PAIR_DUPLICATES") + number("UNPAIRED_READ_DUPLICATES"), marked);
    // The main job writes the same beside its BAM, under its own sample's name.
    let (mut ours, theirs) = (values.clone(), row(&Sample::get().file("DEMO.duplicate_metrics.txt")));
    ours[0].1 = "DEMO".to_owned();
    assert_eq!(ours, theirs);
}

#[test]
fn the_order_of_the_input_knows_no_duplicates() {
    let sample = Sample::get();
    let dir = tempfile::tempdir().expect("a folder");
    let (reference, reads) = (text(&sample.file("genome.fa")), text(&sample.file("reads_1.fq.gz")));
    let out = text(&dir.path().join("x.sam"));
    let args = ["align", "--ref", &reference, "--reads", &reads, "--sample", "S", "--out", &out];
    let output = rihla(args.iter().chain(&["--order", "input", "--remove-duplicates"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--remove-duplicates"), "{}", said(&output));
    assert!(names(dir.path()).is_empty());
}
