//! `rihla profile`: what it writes is what `rihla simulate` reads, and bad input is refused in one line.

use std::fs;

use crate::harness::{Sample, rihla, said, succeed};

#[test]
fn a_profile_is_learnt_and_used() {
    let sample = Sample::get();
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let input = |name: &str| sample.file(name).to_string_lossy().into_owned();
    let (reads, genome) = ([input("reads_1.fq.gz"), input("reads_2.fq.gz")], input("genome.fa"));
    let bam = path("S.bam");
    succeed(["align", "-q", "--ref", &genome, "--reads", &reads[0], &reads[1], "-s", "S", "--out", &bam]);
    let learn = |out: &str| succeed(["profile", "--ref", &genome, "--bam", &bam, "--out", &path(out)]);
    let text = said(&learn("lab.json"));
    assert!(text.contains("wrote"), "{text}");
    learn("again.json");
    let profile = fs::read_to_string(path("lab.json")).expect("written");
    let again = fs::read_to_string(path("again.json")).expect("written");
    assert_eq!(profile, again.replace("\"name\": \"again\"", "\"name\": \"lab\""));
    let json: serde_json::Value = serde_json::from_str(&profile).expect("JSON");
    for part in ["errors", "indels", "fragments", "gc_coverage", "duplicates"] {
        assert!(!json[part].is_null(), "{part} was not learnt: {text}");
    }
    succeed([
        "simulate",
        "-q",
        "--ref",
        &genome,
        "--profile",
        &path("lab.json"),
        "-o",
        &path("sim"),
        "--depth",
        "2",
    ]);
    let fastq = succeed(["profile", "--reads", &reads[0], &reads[1], "--out", &path("fastq.json")]);
    assert!(said(&fastq).contains("not learnt: fragment lengths"), "{}", said(&fastq));
}

#[test]
fn bad_profiles_and_inputs_are_refused() {
    let sample = Sample::get();
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let genome = sample.file("genome.fa").to_string_lossy().into_owned();
    fs::write(path("empty.fq"), "").expect("written");
    let empty = rihla(["profile", "--reads", &path("empty.fq"), "--out", &path("p.json")]);
    assert!(!empty.status.success() && said(&empty).contains("no reads"), "{}", said(&empty));
    assert!(!dir.path().join("p.json").exists());
    fs::write(path("odd.json"), "{\"schema_version\": 99}").expect("written");
    let odd = rihla(["simulate", "--ref", &genome, "--profile", &path("odd.json"), "-o", &path("sim")]);
    assert!(!odd.status.success() && said(&odd).contains("schema_version is 99"), "{}", said(&odd));
    assert!(said(&odd).contains("odd.json"), "{}", said(&odd));
}
