//! Addresses, as a program without object stores meets them. What one with them does is in `tests/objects`.

#![cfg(not(feature = "object-store"))]

use std::fs;

use crate::harness::{Sample, rihla, said};

#[test]
fn an_address_is_refused_with_the_name_of_the_feature() {
    let dir = tempfile::tempdir().expect("a folder");
    let genome = Sample::get().file("genome.fa").to_string_lossy().into_owned();
    let sheet = dir.path().join("sheet.csv");
    fs::write(&sheet, "sample,fastq_1\nA,s3://bucket/x.fq.gz\n").expect("written");
    let sheet = sheet.to_string_lossy().into_owned();
    for reads in [
        ["--reads", "s3://bucket/x.fq.gz"],
        ["--reads", "https://host/x.fq.gz?token=hidden"],
        ["--sheet", &sheet],
    ] {
        let args = ["align", "--ref", &genome, "--sample", "A", "--out", "-"];
        let output = rihla(args.iter().chain(&reads));
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        let said = said(&output);
        assert!(said.contains("x.fq.gz") && said.contains("--features object-store"), "{said}");
        assert!(!said.contains("hidden"), "{said}");
    }
}
