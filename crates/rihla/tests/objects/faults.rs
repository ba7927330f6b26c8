//! Stores that fail for good.

use std::fs;
use std::path::Path;

use crate::harness::{Sample, names, said};
use crate::proxy::Proxy;
use crate::reads::align;
use crate::results::germline;
use crate::store::Store;

#[test]
fn a_server_that_dies_while_it_is_read_ends_the_run_with_the_place() {
    let Some(store) = Store::new() else { return };
    let name = "reads_1.fq.gz";
    let one = store.put_file(name, &Sample::get().file(name));
    let two = store.put_file("reads_2.fq.gz", &Sample::get().file("reads_2.fq.gz"));
    // Both are looked at and their first ranges read, for the name of the first read and for the run; then nothing.
    for alive in [4, 6] {
        let proxy = Proxy::new(&store.host, move |number| (number >= alive).then_some(0));
        let output = store.rihla_by(&proxy.host, align([&one, &two], "-"));
        assert_eq!(output.status.code(), Some(104), "{}", said(&output));
        let said = said(&output);
        assert!(
            said.contains("s3://") && said.contains(": byte ") && said.contains("after 4 tries"),
            "{said}"
        );
    }
}

#[test]
fn a_server_that_dies_while_outputs_are_sent_has_none_of_them() {
    let Some(store) = Store::new() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let all = Proxy::new(&store.host, |_| None);
    let output = store.rihla_by(&all.host, germline(&store.url("whole"), dir.path()));
    assert!(output.status.success(), "{}", said(&output));
    let needed = all.connections();
    // Two for the question whether the bucket is there; then it dies early, or in the middle.
    for alive in [4, needed / 3] {
        let prefix = format!("dead-{alive}");
        let proxy = Proxy::new(&store.host, move |number| (number >= alive).then_some(0));
        let output = store.rihla_by(&proxy.host, germline(&store.url(&prefix), dir.path()));
        assert_eq!(output.status.code(), Some(104), "{}", said(&output));
        assert!(said(&output).contains(&store.url(&prefix)), "{}", said(&output));
        assert_eq!(store.keys(&prefix), [""; 0]);
        assert_eq!(names(dir.path()), [""; 0], "nothing stays behind");
    }
}

#[test]
fn a_server_that_stumbles_while_outputs_are_sent_has_all_of_them() {
    let Some(store) = Store::new() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let proxy = Proxy::new(&store.host, |number| (number % 4 == 3).then_some(0));
    let output = store.rihla_by(&proxy.host, germline(&store.url("run"), dir.path()));
    assert!(output.status.success(), "{}", said(&output));
    assert!(store.keys("run/").contains(&"run/DEMO.manifest.json".to_owned()));
    assert_eq!(store.uploads(), [""; 0]);
}

#[test]
fn a_bucket_that_is_not_there_is_told_before_the_work() {
    let Some(store) = Store::new() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let output = store.rihla(germline("s3://no-such-bucket-here/run", dir.path()));
    assert_eq!(output.status.code(), Some(73), "{}", said(&output));
    let said = said(&output);
    assert!(said.contains("s3://no-such-bucket-here/run") && !said.contains("align"), "{said}");
    assert_eq!(names(dir.path()), [""; 0]);
}

#[test]
fn a_run_that_fails_sends_nothing_and_a_resumed_one_wants_a_folder() {
    let Some(store) = Store::new() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let damaged = dir.path().join("damaged.fq");
    fs::write(&damaged, "@r\nACGT\n+\nIII\n").expect("written");
    let damaged = damaged.to_string_lossy().into_owned();
    let output = store.rihla(align([&damaged, &damaged.replace(".fq", "_2.fq")], &store.url("a.sam")));
    assert!(!output.status.success());
    assert_eq!((store.keys(""), store.uploads()), (Vec::new(), Vec::new()));
    let tmp = Path::new(&damaged).with_file_name("tmp");
    fs::create_dir(&tmp).expect("a folder");
    let args = germline(&store.url("run"), &tmp);
    let output = store.rihla(args.iter().map(String::as_str).chain(["--resume"]));
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(said(&output).contains("--resume=DIR"), "{}", said(&output));
}
