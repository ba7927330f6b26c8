//! The manifest of a run, and `rihla verify`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::harness::{FORMS, Sample, bytes, rihla, said, succeed};

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// A copy of the sample's outputs.
fn copied(dir: &Path) -> Vec<String> {
    let manifest: Value =
        serde_json::from_slice(&bytes(Sample::get().file("DEMO.manifest.json"))).expect("JSON");
    let outputs = manifest["outputs"].as_array().expect("a list");
    let names = outputs.iter().map(|output| output["path"].as_str().expect("a path").to_owned());
    let names: Vec<String> = names.chain(["DEMO.manifest.json".to_owned()]).collect();
    for name in &names {
        fs::copy(Sample::get().file(name), dir.join(name)).expect("copied");
    }
    names
}

#[test]
fn the_manifest_names_what_went_in_and_what_came_out() {
    let sample = Sample::get();
    let manifest: Value = serde_json::from_slice(&bytes(sample.file("DEMO.manifest.json"))).expect("JSON");
    let list = |key: &str| manifest[key].as_array().expect("a list").clone();
    let mut outputs: Vec<String> =
        list("outputs").iter().map(|file| file["path"].as_str().expect("a path").to_owned()).collect();
    outputs.sort();
    let bam = ["DEMO.bam", "DEMO.bam.bai"];
    let own = ["DEMO.duplicate_metrics.txt", "DEMO.metrics.json", "DEMO.report.html"];
    let vcf = ["DEMO.vcf.gz", "DEMO.vcf.gz.tbi"];
    let mut expected = [&bam[..], &own, &vcf, &FORMS].concat();
    expected.sort_unstable();
    assert_eq!(outputs, expected);
    let reads = ["reads_1.fq.gz", "reads_2.fq.gz"].map(|name| sample.file(name));
    for (input, path) in list("inputs").iter().zip(&reads) {
        assert_eq!(input["path"], text(path));
        assert_eq!(input["bytes"], fs::metadata(path).expect("a file").len());
        if let Ok(output) = Command::new("sha256sum").arg(path).output() {
            let theirs = String::from_utf8_lossy(&output.stdout)[..64].to_owned();
            assert_eq!(input["sha256"], theirs);
        }
    }
    assert_eq!(list("inputs").len(), 2);
    let counts = &manifest["counts"];
    let metrics: Value = serde_json::from_slice(&bytes(sample.file("DEMO.metrics.json"))).expect("JSON");
    assert_eq!(counts["reads"], metrics["reads"]["total"]);
    assert_eq!(counts["reads"].as_u64(), counts["templates"].as_u64().map(|pairs| 2 * pairs));
    assert!(counts["records"].as_u64() >= counts["reads"].as_u64());
    assert!(manifest["command"].as_str().expect("text").starts_with("rihla germline --ref "));
}

#[test]
fn verify_tells_whole_runs_from_others() {
    let dir = tempfile::tempdir().expect("a folder");
    let names = copied(dir.path());
    let folder = text(dir.path());
    let output = succeed(["verify", &folder]);
    let lines = String::from_utf8(output.stdout).expect("text");
    assert_eq!(lines.lines().filter(|line| line.starts_with("ok\t")).count(), names.len() - 1, "{lines}");
    succeed(["verify", "--inputs", &text(&dir.path().join("DEMO.manifest.json"))]);
    // One bit of the BAM, and the VCF gone.
    let bam = dir.path().join("DEMO.bam");
    let mut changed = bytes(&bam);
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    fs::write(&bam, changed).expect("written");
    fs::remove_file(dir.path().join("DEMO.vcf.gz")).expect("removed");
    let output = rihla(["verify", &folder]);
    assert_eq!(output.status.code(), Some(65));
    assert!(
        said(&output).contains("DEMO.bam is changed") && said(&output).contains("DEMO.vcf.gz is missing")
    );
    let lines = String::from_utf8(output.stdout).expect("text");
    assert_eq!(lines.lines().filter(|line| line.starts_with("ok\t")).count(), names.len() - 3, "{lines}");
}

#[test]
fn verify_wants_a_manifest() {
    let dir = tempfile::tempdir().expect("a folder");
    let verify = |path: PathBuf| rihla(["verify".to_owned(), text(&path)]);
    let output = verify(dir.path().to_owned());
    assert_eq!(output.status.code(), Some(66));
    assert!(said(&output).contains("the run did not end"), "{}", said(&output));
    let bad = dir.path().join("x.manifest.json");
    fs::write(&bad, "{}").expect("written");
    let output = verify(bad);
    assert_eq!(output.status.code(), Some(65));
    assert!(said(&output).contains("x.manifest.json: is no manifest"), "{}", said(&output));
    assert_eq!(verify(dir.path().join("none")).status.code(), Some(66));
}

#[test]
fn align_writes_one_on_demand() {
    let sample = Sample::get();
    let dir = tempfile::tempdir().expect("a folder");
    let file = |name: &str| text(&sample.file(name));
    let [reference, reads] = ["genome.fa", "reads_1.fq.gz"].map(file);
    for (order, out) in [("coordinate", "a.bam"), ("input", "b.sam")] {
        let (out, manifest) =
            (text(&dir.path().join(out)), text(&dir.path().join(format!("{order}.manifest.json"))));
        let args = ["align", "--ref", &reference, "--reads", &reads, "--sample", "S", "--out", &out];
        succeed(args.iter().chain(&["--order", order, "--manifest", &manifest]));
        let json: Value = serde_json::from_slice(&bytes(&manifest)).expect("JSON");
        assert_eq!(json["counts"]["reads"], json["counts"]["templates"]);
        assert!(json["counts"]["records"].as_u64() >= json["counts"]["reads"].as_u64());
        assert!(json["counts"]["variants"].is_null());
    }
    let output = succeed(["verify", &text(dir.path())]);
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 3);
}
