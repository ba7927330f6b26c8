//! Outputs in a store.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::harness::{Sample, bytes, names, said, succeed};
use crate::reads::align;
use crate::store::{SECRET, Store};

/// Arguments of the main job, whose outputs go to `out`, and whose files wait in `tmp`.
pub fn germline(out: &str, tmp: &Path) -> Vec<String> {
    let mut args = Sample::get().germline(Path::new(""));
    *args.last_mut().expect("the folder") = out.to_owned();
    args.extend(["--tmp-dir".to_owned(), tmp.to_string_lossy().into_owned()]);
    args
}

#[test]
fn outputs_of_a_store_are_those_of_a_folder() {
    let Some(store) = Store::new() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let (tmp, local, copy) = (dir.path().join("tmp"), dir.path().join("local"), dir.path().join("copy"));
    [&tmp, &copy].iter().for_each(|path| fs::create_dir(path).expect("a folder"));
    succeed(germline(&local.to_string_lossy(), &tmp));
    let output = store.rihla(germline(&store.url("run/one"), &tmp));
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains(&format!("wrote {}", store.url("run/one/DEMO.bam"))), "{}", said(&output));
    assert_eq!(names(&tmp), [""; 0], "nothing stays behind");
    assert_eq!(store.uploads(), [""; 0]);

    let keys: Vec<String> = names(&local).iter().map(|name| format!("run/one/{name}")).collect();
    assert_eq!(store.keys("run/"), keys);
    for name in names(&local) {
        let found = store.get(&format!("run/one/{name}"));
        fs::write(copy.join(&name), &found).expect("written");
        assert!(!String::from_utf8_lossy(&found).contains(SECRET), "{name}");
        // These tell of the hour and the machine.
        if !["metrics.json", "report.html", "manifest.json"].iter().any(|end| name.ends_with(end)) {
            assert!(found == bytes(local.join(&name)), "{name} differs");
        }
    }
    assert!(!said(&output).contains(SECRET));
    succeed(["verify".as_ref(), copy.as_os_str()]);
    let manifest: Value = serde_json::from_slice(&store.get("run/one/DEMO.manifest.json")).expect("JSON");
    let paths: Vec<&str> = manifest["outputs"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|file| file["path"].as_str())
        .collect();
    assert!(paths.contains(&"DEMO.bam") && paths.iter().all(|path| !path.contains('/')), "{paths:?}");
}

#[test]
fn an_object_of_several_parts_is_whole() {
    let Some(store) = Store::new() else { return };
    let reads = ["reads_1.fq.gz", "reads_2.fq.gz"]
        .map(|name| Sample::get().file(name).to_string_lossy().into_owned());
    let local = store.rihla(align([&reads[0], &reads[1]], "-"));
    let output = store.rihla(align([&reads[0], &reads[1]], &store.url("deep/er/a.sam")));
    assert!(output.status.success(), "{}", said(&output));
    assert!(local.stdout.len() > 16 << 20, "three parts of 8 MB");
    assert!(store.get("deep/er/a.sam") == local.stdout, "the object differs");
    assert_eq!(store.uploads(), [""; 0]);
}

#[test]
fn comparisons_are_written_to_a_store() {
    let Some(store) = Store::new() else { return };
    let sample = Sample::get();
    let dir = tempfile::tempdir().expect("a folder");
    let text = |path: &Path| path.to_string_lossy().into_owned();
    let (truth, query) = (text(&sample.file("truth.vcf.gz")), text(&sample.file("DEMO.vcf.gz")));
    let in_store = store.put_file("truth.vcf.gz", Path::new(&truth));
    let compare = |truth: &str, prefix: &str| {
        let genome = text(&sample.file("genome.fa"));
        store.rihla([
            "compare",
            "--ref",
            &genome,
            "--truth",
            truth,
            "--query",
            &query,
            "--out-prefix",
            prefix,
        ])
    };
    let local = compare(&truth, &text(&dir.path().join("c")));
    let remote = compare(&in_store, &store.url("c"));
    assert!(remote.status.success(), "{}", said(&remote));
    assert_eq!(remote.stdout, local.stdout, "the table that is shown");
    assert_eq!(store.get("c.summary.csv"), bytes(dir.path().join("c.summary.csv")));
    let metrics = String::from_utf8(store.get("c.metrics.json")).expect("text");
    assert!(metrics.contains(&in_store) && !metrics.contains("rihla-objects-"), "{metrics}");
    assert_eq!(store.keys("c.").len(), names(dir.path()).len());
}
