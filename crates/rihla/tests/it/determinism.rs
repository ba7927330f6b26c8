//! The bytes of the outputs do not depend on threads, memory or kernels.

use std::path::Path;

use rihla_kernels::SimdLevel;

use crate::harness::{FORMS, Sample, bytes, lasting, succeed};

/// The outputs of the main job with extra arguments: BAM, index, VCF, index, files in the form of
/// other programs, metrics and report without what tells times.
fn outputs(extra: &[&str]) -> Vec<Vec<u8>> {
    let dir = tempfile::tempdir().expect("a folder");
    let mut args = Sample::get().germline(dir.path());
    args.extend(extra.iter().map(|&arg| arg.to_owned()));
    succeed(args);
    let mut all: Vec<Vec<u8>> = ["DEMO.bam", "DEMO.bam.bai", "DEMO.vcf.gz", "DEMO.vcf.gz.tbi"]
        .iter()
        .map(|name| bytes(dir.path().join(name)))
        .collect();
    all.extend(FORMS.map(|name| bytes(dir.path().join(name))));
    all.push(metrics(&dir.path().join("DEMO.metrics.json")));
    all.push(lasting(&bytes(dir.path().join("DEMO.report.html"))).into_bytes());
    all
}

fn metrics(path: &Path) -> Vec<u8> {
    let mut json: serde_json::Value = serde_json::from_slice(&bytes(path)).expect("metrics are JSON");
    json.as_object_mut().expect("an object").remove("timing").expect("timing is apart");
    json.to_string().into_bytes()
}

#[test]
fn threads_and_memory_do_not_show() {
    let one = outputs(&["--threads", "1"]);
    assert!(one[0].len() > 100_000 && one[2].len() > 1_000, "the outputs hold something");
    assert!(one == outputs(&["--threads", "2"]), "two threads");
    assert!(one == outputs(&["--threads", "3", "--memory", "2M"]), "three threads, spilling");
}

#[test]
fn kernels_do_not_show() {
    let best = outputs(&[]);
    for level in SimdLevel::available() {
        assert!(best == outputs(&["--simd", &level.to_string()]), "{level}");
    }
}
