//! `rihla doctor`: what it finds wrong, and that it finds nothing where nothing is.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::harness::{Sample, bytes, names, rihla, said, succeed};

/// Findings of a command: topic, state and text of each.
fn findings(output: &Output) -> Vec<(String, String, String)> {
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("JSON: {}", said(output)));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = report["findings"].as_array().expect("findings").iter();
    list.map(|one| {
        (
            text(&one["topic"]),
            text(&one["state"]),
            format!("{} {}", text(&one["found"]), text(&one["remedy"])),
        )
    })
    .collect()
}

/// Runs the doctor without the small run, expects this to fail (exit code 1) and gives what is said of it.
fn fails(topic: &str, args: &[&str]) -> String {
    let output = rihla(["doctor", "--json", "--skip-trial"].iter().chain(args));
    assert_eq!(output.status.code(), Some(1), "{topic}: {}", said(&output));
    assert!(said(&output).contains(&format!("doctor: FAIL: {topic}")), "{}", said(&output));
    let (_, state, text) =
        findings(&output).into_iter().find(|(found, ..)| found == topic).expect("the finding");
    assert_eq!(state, "FAIL", "{topic}: {text}");
    text
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[test]
fn a_sound_installation_computes_the_same_on_every_kernel_level() {
    let about: Value = serde_json::from_slice(&succeed(["--version", "--json"]).stdout).expect("JSON");
    let levels = about["kernels"]["available"].as_array().expect("levels");
    let dir = tempfile::tempdir().expect("a folder");
    let tmp = text(dir.path());
    let mut digests = Vec::new();
    for (level, threads) in levels.iter().filter_map(Value::as_str).zip(["1", "2", "3", "2"]) {
        let args = [
            "doctor",
            "--json",
            "--simd",
            level,
            "--threads",
            threads,
            "--tmp-dir",
            &tmp,
            "--memory",
            "500M",
        ];
        // Languages write numbers and sort letters in ways of their own: none of them may show.
        let mut command = Command::new(env!("CARGO_BIN_EXE_rihla"));
        let output = command.args(args).env("LC_ALL", "tr_TR.UTF-8").env("TZ", "Asia/Kathmandu").output();
        let output = output.expect("the program starts");
        assert!(output.status.success(), "{level}: {}", said(&output));
        let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let small = findings(&output).into_iter().find(|(topic, ..)| topic == "small run").expect("the run");
        assert_eq!(small.1, "OK", "{level}: {}", small.2);
        assert!(report["trial"]["reads"].as_u64() > Some(10_000));
        assert!(report["trial"]["reads_per_second"].as_f64() > Some(0.0));
        digests.push(report["trial"]["digests"].clone());
    }
    assert!(digests.iter().all(|one| *one == digests[0]), "{digests:?}");
    assert!(names(dir.path()).is_empty(), "nothing is left");
}

#[test]
fn a_reference_with_its_index_is_described() {
    let fasta = text(&Sample::get().file("genome.fa"));
    let output = succeed(["doctor", "--skip-trial", "--json", "--memory", "1G", "--ref", &fasta]);
    let found = findings(&output);
    let of =
        |topic: &str| found.iter().find(|one| one.0 == topic).map(|one| (one.1.as_str(), one.2.as_str()));
    assert!(
        of("reference")
            .is_some_and(|(state, text)| state == "OK" && text.contains("3 contigs, 300,000 bases"))
    );
    assert!(of("index").is_some_and(|(state, text)| state == "OK" && text.contains("whole")), "{found:?}");
    assert!(of("names").is_some_and(|(_, text)| text.contains("chr1, chr2")), "{found:?}");
    assert_eq!(of("ALT contigs"), Some(("OK", "none ")));
    let lines = succeed(["doctor", "--skip-trial", "--memory", "1G", "--ref", &fasta]).stdout;
    let lines = String::from_utf8(lines).expect("text");
    assert_eq!(lines.lines().count(), found.len(), "a line for each finding: {lines}");
    assert!(lines.lines().all(|line| line.starts_with("OK ") || line.starts_with("WARN ")), "{lines}");
}

#[test]
fn a_missing_reference_or_index_fails() {
    let dir = tempfile::tempdir().expect("a folder");
    let fasta = dir.path().join("other.fa");
    assert!(fails("reference", &["--ref", &text(&fasta)]).contains("no such file"));
    fs::write(&fasta, ">chr1\nACGTACGTACGTTTGACA\n").expect("written");
    assert!(fails("index", &["--ref", &text(&fasta)]).contains("rihla index"));
    let elsewhere = text(&dir.path().join("none.rhx"));
    assert!(fails("index", &["--ref", &text(&fasta), "--index", &elsewhere]).contains("none.rhx"));
    fs::write(&fasta, ">chr1\nACGT!!\n").expect("written");
    fails("reference", &["--ref", &text(&fasta)]);
}

#[test]
fn a_foreign_old_or_damaged_index_fails() {
    let sample = Sample::get();
    let dir = tempfile::tempdir().expect("a folder");
    let (fasta, index) = (dir.path().join("other.fa"), dir.path().join("x.rhx"));
    fs::write(&fasta, ">chr1\nACGTACGTACGTTTGACA\n").expect("written");
    let own = bytes(sample.file("genome.fa.rhx"));
    fs::write(&index, &own).expect("written");
    let with = |fasta: &Path| fails("index", &["--ref", &text(fasta), "--index", &text(&index)]);
    assert!(with(&fasta).contains("stale"), "of another file");
    let genome = sample.file("genome.fa");
    let mut other = own.clone();
    other[8] += 1;
    fs::write(&index, &other).expect("written");
    let said = with(&genome);
    assert!(said.contains("layout"), "of another version: {said}");
    let mut damaged = own.clone();
    let at = damaged.len() - 100;
    damaged[at] ^= 1;
    fs::write(&index, &damaged).expect("written");
    assert!(with(&genome).contains("corrupt"));
    fs::write(&index, &own[..own.len() / 2]).expect("written");
    assert!(with(&genome).contains("truncated"));
    fs::write(&index, "none").expect("written");
    with(&genome);
}

#[test]
fn alternate_loci_without_a_list_are_warned_of() {
    let dir = tempfile::tempdir().expect("a folder");
    let fasta = dir.path().join("ref.fa");
    let letters: String = "ACGTTGCATGCCTAGGATCATTACG".repeat(40);
    fs::write(&fasta, format!(">chr1\n{letters}\n>chr1_KI270762v1_alt\n{letters}A\n")).expect("written");
    succeed(["index", &text(&fasta), "--quiet"]);
    let args = ["doctor", "--skip-trial", "--json", "--memory", "1G", "--ref", &text(&fasta)];
    let state =
        |output: Output| findings(&output).into_iter().find(|one| one.0 == "ALT contigs").expect("found").1;
    assert_eq!(state(succeed(args)), "WARN");
    fs::write(dir.path().join("ref.fa.alt"), "chr1_KI270762v1_alt\t0\tchr1\t1\t60\t10M\n").expect("written");
    assert_eq!(state(succeed(args)), "OK");
}

#[test]
fn folders_that_take_no_file_fail() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("file");
    fs::write(&file, "").expect("written");
    for folder in [dir.path().join("none"), file] {
        assert!(fails("temporary", &["--tmp-dir", &text(&folder)]).contains("--tmp-dir"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn memory_and_files_that_are_not_there_fail() {
    assert!(fails("memory", &["--memory", "4000G"]).contains("this process may have"));
    let script = "ulimit -n 20; exec \"$0\" doctor --skip-trial --json --memory 1G";
    let output = Command::new("sh").args(["-c", script, env!("CARGO_BIN_EXE_rihla")]).output().expect("sh");
    assert_eq!(output.status.code(), Some(1), "{}", said(&output));
    let files = findings(&output).into_iter().find(|one| one.0 == "open files").expect("found");
    assert_eq!(files.1, "FAIL", "{}", files.2);
}

#[test]
fn kernels_that_the_cpu_lacks_are_usage() {
    let foreign = if cfg!(target_arch = "x86_64") { "neon" } else { "avx2" };
    assert_eq!(rihla(["doctor", "--skip-trial", "--simd", foreign]).status.code(), Some(2));
}
