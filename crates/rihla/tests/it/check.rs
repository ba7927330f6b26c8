//! The gate alone: every lane is read to its end, and each that is damaged is told of.

use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::{Sample, bytes, rihla, said, succeed};

fn text(path: impl AsRef<Path>) -> String {
    path.as_ref().to_string_lossy().into_owned()
}

/// One of the sample's files of reads, as text.
fn reads(name: &str) -> String {
    let mut out = String::new();
    let file = fs::File::open(Sample::get().file(name)).expect("reads");
    MultiGzDecoder::new(file).read_to_string(&mut out).expect("whole gzip");
    out
}

/// The first `count` records of a FASTQ text.
fn first(reads: &str, count: usize) -> String {
    reads.split_inclusive('\n').take(4 * count).collect()
}

fn write(dir: &TempDir, name: &str, content: impl AsRef<[u8]>) -> String {
    let path = dir.path().join(name);
    fs::write(&path, content).expect("written");
    text(path)
}

/// The table's cells by line, without its header.
fn table(stdout: &[u8]) -> Vec<Vec<String>> {
    let text = String::from_utf8(stdout.to_vec()).expect("text");
    let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let header = lines.next().expect("a header");
    assert_eq!((header.len(), header[0].as_str(), header[15].as_str()), (16, "lane", "verdict"));
    lines.inspect(|cells| assert_eq!(cells.len(), 16, "{cells:?}")).collect()
}

#[test]
fn sound_reads_are_counted() {
    let dir = tempfile::tempdir().expect("a folder");
    let [one, two] = ["reads_1.fq.gz", "reads_2.fq.gz"].map(|name| text(Sample::get().file(name)));
    let json = text(dir.path().join("check.json"));
    let output = succeed(["check", "--reads", &one, &two, "--json", &json]);
    let rows = table(&output.stdout);
    let metrics: Value =
        serde_json::from_slice(&bytes(Sample::get().file("DEMO.metrics.json"))).expect("JSON");
    let report: Value = serde_json::from_slice(&bytes(&json)).expect("JSON");
    let lane = &report["lanes"][0];
    assert_eq!(report["lanes"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&lane["verdict"], &lane["paired"], &lane["error"]),
        (&"ok".into(), &true.into(), &Value::Null)
    );
    let counts = &lane["counts"];
    assert_eq!(
        (&counts["reads"], &counts["bases"]),
        (&metrics["reads"]["total"], &metrics["reads"]["bases"])
    );
    for key in ["q20_fraction", "q30_fraction", "gc_fraction", "n_fraction", "max_length"] {
        assert_eq!(counts[key], metrics["reads"][key], "{key}");
    }
    let row = &rows[0];
    assert_eq!(row[4], counts["reads"].to_string());
    assert_eq!(row[5], counts["bases"].to_string());
    let percent = format!("{:.2}", 100.0 * counts["q30_fraction"].as_f64().expect("a number"));
    assert_eq!((&row[10], row[14].as_str(), row[15].as_str()), (&percent, "33", "ok"));
}

#[test]
fn every_lane_is_read_and_each_fault_is_told() {
    let dir = tempfile::tempdir().expect("a folder");
    let (one, two) = (reads("reads_1.fq.gz"), reads("reads_2.fq.gz"));
    let [a, b] = [("a1.fq", &one), ("a2.fq", &two)].map(|(name, all)| write(&dir, name, first(all, 9_000)));
    let [c, d] =
        [("c1.fq", &one, 100), ("c2.fq", &two, 99)].map(|(name, all, n)| write(&dir, name, first(all, n)));
    let gzip = bytes(Sample::get().file("reads_1.fq.gz"));
    let cut = write(&dir, "cut.fq.gz", &gzip[..gzip.len() / 2]);
    let empty = write(&dir, "empty.fq", "");
    let sheet = write(
        &dir,
        "sheet.csv",
        format!(
            "sample,fastq_1,fastq_2\nS,{a},{b}\nS,{c},{d}\nT,{empty},\nT,{cut},\nT,{},\n",
            "/nowhere/x.fq"
        ),
    );
    let check = |more: &[&str]| rihla(["check", "--sheet", &sheet].iter().chain(more));
    let output = check(&["--threads", "3"]);
    assert_eq!(output.status.code(), Some(65), "{}", said(&output));
    let rows = table(&output.stdout);
    let column = |at: usize| rows.iter().map(|row| row[at].as_str()).collect::<Vec<_>>();
    assert_eq!(column(1), ["S", "S", "T", "T", "T"]);
    assert_eq!(column(4), ["18000", ".", "0", ".", "."]);
    assert_eq!(column(15), ["ok", "error", "warning", "error", "error"]);
    let text = said(&output);
    let errors: Vec<&str> = text.lines().filter(|line| line.starts_with("rihla: ")).collect();
    assert_eq!(errors.len(), 3, "{text}");
    for (error, words) in
        errors.iter().zip(["c2.fq ends after 99 records", "cut.fq.gz: the gzip", "/nowhere/x.fq: "])
    {
        assert!(error.contains(words), "{error}");
    }
    assert!(text.contains("empty.fq: holds no read"), "{text}");
    assert_eq!(check(&["--threads", "1"]).stdout, output.stdout, "threads do not show");
    let of_s = check(&["--sample", "S", "--quiet"]);
    assert_eq!((of_s.status.code(), table(&of_s.stdout).len()), (Some(65), 2));
    // The first fault gives the code.
    let output = rihla(["check", "--reads", "/nowhere/x.fq", "--reads", &cut]);
    assert_eq!((output.status.code(), table(&output.stdout).len()), (Some(66), 2), "{}", said(&output));
    assert_eq!(rihla(["check", "--reads", &a, "--reads", &a]).status.code(), Some(2), "given twice");
    assert_eq!(rihla(["check", "--reads", &a, &b, "--interleaved"]).status.code(), Some(2));
    assert_eq!(rihla(["check", "--reads", &a, "--json", &a]).status.code(), Some(2), "an input");
}

#[test]
fn qualities_of_old_are_found_and_converted() {
    let dir = tempfile::tempdir().expect("a folder");
    let new = first(&reads("reads_1.fq.gz"), 500);
    let shift = |(i, line): (usize, &str)| match i % 4 {
        3 => line.bytes().map(|letter| char::from(letter + 31)).collect(),
        _ => line.to_owned(),
    };
    let old: String = new.lines().enumerate().map(shift).map(|line: String| line + "\n").collect();
    let (new, old) = (write(&dir, "new.fq", new), write(&dir, "old.fq", old));
    let output = rihla(["check", "--reads", &old]);
    assert_eq!(output.status.code(), Some(65));
    assert!(said(&output).contains("old.fq: the qualities look like Phred+64"), "{}", said(&output));
    assert_eq!(&table(&output.stdout)[0][14..], [".", "error"]);
    let table_of =
        |args: &[&str]| table(&succeed(["check", "--reads"].iter().chain(args)).stdout)[0][4..14].to_vec();
    assert_eq!(table_of(&[&old, "--quality-offset", "64"]), table_of(&[&new]));

    let reference = text(Sample::get().file("genome.fa"));
    let align = |reads: &str, more: &[&str]| {
        let args = [
            "align", "--ref", &reference, "--reads", reads, "--sample", "S", "--order", "input", "--out", "-",
        ];
        rihla(args.iter().chain(more))
    };
    let refused = align(&old, &[]);
    assert_eq!(refused.status.code(), Some(65));
    assert!(said(&refused).contains("--quality-offset"), "{}", said(&refused));
    let records = |output: &std::process::Output| -> Vec<String> {
        let sam = String::from_utf8(output.stdout.clone()).expect("SAM is text");
        sam.lines().filter(|line| !line.starts_with('@')).map(str::to_owned).collect()
    };
    let (converted, plain) = (align(&old, &["--quality-offset", "64"]), align(&new, &[]));
    assert!(converted.status.success() && records(&converted) == records(&plain));
    assert!(String::from_utf8_lossy(&converted.stdout).contains("--quality-offset 64"), "told in the header");
}
