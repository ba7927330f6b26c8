//! Inputs in a store.

use std::fs;
use std::io::Read;
use std::path::Path;

use crate::harness::{Sample, bytes, said};
use crate::proxy::Proxy;
use crate::store::Store;

/// SAM or VCF without the lines that name the command.
pub fn records(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8(text.to_vec()).expect("text");
    let names_command = |line: &&str| line.starts_with("@PG") || line.starts_with("##rihla");
    text.lines().filter(|line| !names_command(line)).map(str::to_owned).collect()
}

/// Arguments that align pairs in their order.
pub fn align(reads: [&str; 2], out: &str) -> Vec<String> {
    let genome = Sample::get().file("genome.fa").to_string_lossy().into_owned();
    let args =
        ["align", "--ref", &genome, "--sample", "A", "--order", "input", "-q", "--out", out, "--reads"];
    args.iter().chain(&reads).map(|&arg| arg.to_owned()).collect()
}

fn local_reads() -> [String; 2] {
    ["reads_1.fq.gz", "reads_2.fq.gz"].map(|name| Sample::get().file(name).to_string_lossy().into_owned())
}

/// The text of a file of reads, longer than several ranges.
fn inflated(name: &str) -> Vec<u8> {
    let mut text = Vec::new();
    let mut reader =
        flate2::read::MultiGzDecoder::new(fs::File::open(Sample::get().file(name)).expect("there"));
    reader.read_to_end(&mut text).expect("sound");
    assert!(text.len() > 8 << 20, "several ranges of 4 MB");
    text
}

#[test]
fn reads_of_a_store_are_those_of_files_however_often_it_fails() {
    let Some(store) = Store::new() else { return };
    let one = store.put("in/reads 1.fq", &inflated("reads_1.fq.gz"));
    let two = store.put("in/reads+2.fq", &inflated("reads_2.fq.gz"));
    let [local_one, local_two] = local_reads();
    let local = store.rihla(align([&local_one, &local_two], "-"));
    assert!(local.status.success(), "{}", said(&local));
    let remote = store.rihla(align([&one, &two], "-"));
    assert!(remote.status.success(), "{}", said(&remote));
    assert_eq!(records(&remote.stdout), records(&local.stdout));
    assert!(
        String::from_utf8_lossy(&remote.stdout).contains(&format!("--reads {one} {two} ")),
        "@PG names them"
    );
    let plain = Proxy::new(&store.host, |_| None);
    let calm = store.rihla_by(&plain.host, align([&one, &two], "-"));
    assert!(calm.status.success(), "{}", said(&calm));
    // Every third connection ends in the middle of its range, or before it.
    let proxy = Proxy::new(&store.host, |number| (number % 3 == 2).then_some(100_000 * (number % 2)));
    let shaken = store.rihla_by(&proxy.host, align([&one, &two], "-"));
    assert!(shaken.status.success(), "{}", said(&shaken));
    assert_eq!(shaken.stdout, remote.stdout);
    assert!(proxy.connections() > plain.connections(), "{} {}", proxy.connections(), plain.connections());
}

#[test]
fn a_sheet_and_lists_in_a_store_do_as_well_as_files() {
    let Some(store) = Store::new() else { return };
    let sample = Sample::get();
    let dir = tempfile::tempdir().expect("a folder");
    let one = store.put_file("r/one.fq.gz", &sample.file("reads_1.fq.gz"));
    let two = store.put_file("r/two.fq.gz", &sample.file("reads_2.fq.gz"));
    let sheet = store.put("sheet.csv", format!("sample,fastq_1,fastq_2\nA,{one},{two}\n").as_bytes());
    let checked = store.rihla(["check", "--sheet", &sheet, "-q"]);
    assert!(checked.status.success(), "{}", said(&checked));
    let table = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(table.contains(&format!("{one},{two}")) && table.trim_end().ends_with("ok"), "{table}");

    let contig = fs::read_to_string(sample.file("genome.fa")).expect("text");
    let contig = contig[1..].split_whitespace().next().expect("a name").to_owned();
    let text = format!("{contig}\t1000\t40000\n");
    let (bed, path) = (store.put("a.bed", text.as_bytes()), dir.path().join("a.bed"));
    fs::write(&path, text).expect("written");
    let bam = store.put_file("x.bam", &sample.file("DEMO.bam"));
    store.put_file("x.bam.bai", &sample.file("DEMO.bam.bai"));
    let call = |bam: &str, bed: &str| {
        let genome = sample.file("genome.fa").to_string_lossy().into_owned();
        store.rihla(["call", "--ref", &genome, "--bam", bam, "--regions", bed, "--out", "-", "-q"])
    };
    let remote = call(&bam, &bed);
    assert!(remote.status.success(), "{}", said(&remote));
    let local = call(&sample.file("DEMO.bam").to_string_lossy(), &path.to_string_lossy());
    assert!(records(&local.stdout).iter().filter(|line| !line.starts_with('#')).count() > 5);
    assert_eq!(records(&remote.stdout), records(&local.stdout));
    assert!(
        String::from_utf8_lossy(&remote.stdout).contains(&format!("--bam {bam} ")),
        "the header names it"
    );
}

#[test]
fn what_is_not_there_is_said_to_be_missing_and_what_is_cut_to_be_damaged() {
    let Some(store) = Store::new() else { return };
    let [local, _] = local_reads();
    let there = store.put_file("there.fq.gz", Path::new(&local));
    let missing = store.url("none.fq.gz");
    let whole = bytes(&local);
    let cut = store.put("cut.fq.gz", &whole[..whole.len() / 2]);
    for (two, code, word) in [
        (missing.as_str(), 66, "no such object"),
        ("s3://no-such-bucket-here/x.fq", 66, "no such object"),
        (&cut, 65, "cut"),
    ] {
        let output = store.rihla(align([&there, two], "-"));
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(said(&output).contains(two) && said(&output).contains(word), "{}", said(&output));
    }
    let empty = store.put("empty.fq", b"");
    let output = store.rihla(["check", "--reads", &empty, "-q"]);
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join("empty.fq");
    fs::write(&path, "").expect("written");
    let local = store.rihla(["check".as_ref(), "--reads".as_ref(), path.as_os_str(), "-q".as_ref()]);
    assert_eq!(output.status.code(), local.status.code(), "{}", said(&output));
    assert!(!said(&output).contains("416"), "{}", said(&output));
}
