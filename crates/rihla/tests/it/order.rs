//! Records in the order of the reads, and SAM beside BAM.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use flate2::read::MultiGzDecoder;

use crate::harness::{Sample, bytes, names, peer, rihla, said, succeed};

const DUPLICATE: u16 = 0x400;
const NOT_PRIMARY: u16 = 0x900;

/// Alignment of the sample's pairs with more arguments.
fn align(more: &[&str]) -> Vec<String> {
    let sample = Sample::get();
    let text = |name: &str| sample.file(name).to_string_lossy().into_owned();
    let (reference, one, two) = (text("genome.fa"), text("reads_1.fq.gz"), text("reads_2.fq.gz"));
    let args = ["align", "--ref", &reference, "--reads", &one, &two, "--sample", "DEMO"];
    args.iter().chain(more).map(|&arg| arg.to_owned()).collect()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn as_text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("SAM is text")
}

fn records(sam: &str) -> impl Iterator<Item = &str> {
    sam.lines().filter(|line| !line.starts_with('@'))
}

fn flags(record: &str) -> u16 {
    record.split('\t').nth(1).expect("FLAG").parse().expect("a number")
}

/// A record without its duplicate mark.
fn unmarked(record: &str) -> String {
    let fields: Vec<&str> = record.split('\t').collect();
    let flags = (flags(record) & !DUPLICATE).to_string();
    [&[fields[0], &flags], &fields[2..]].concat().join("\t")
}

fn read_names() -> Vec<String> {
    let file = std::fs::File::open(Sample::get().file("reads_1.fq.gz")).expect("reads");
    let lines = BufReader::new(MultiGzDecoder::new(file)).lines().step_by(4);
    let name = |line: String| {
        let word = line[1..].split_ascii_whitespace().next().expect("a name").to_owned();
        word.strip_suffix("/1").map_or(word.clone(), str::to_owned)
    };
    lines.map(|line| name(line.expect("text"))).collect()
}

#[test]
fn records_come_as_the_reads_do_and_are_those_of_the_sorted_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let sorted = dir.path().join("sorted.sam");
    succeed(align(&["--out", &text(&sorted)]));
    let sorted = as_text(bytes(&sorted));
    assert!(sorted.starts_with("@HD\tVN:1.6\tSO:coordinate\n"), "{}", &sorted[..60]);
    let as_read = as_text(succeed(align(&["--order", "input", "--out", "-"])).stdout);
    assert!(as_read.starts_with("@HD\tVN:1.6\tSO:unsorted\tGO:query\n"), "{}", &as_read[..60]);
    assert!(as_read.contains(" --order input"), "the command says so");
    let first = |record: &&str| flags(record) & (NOT_PRIMARY | 0x40) == 0x40;
    let found: Vec<&str> =
        records(&as_read).filter(first).map(|record| record.split('\t').next().expect("QNAME")).collect();
    assert_eq!(found, read_names());
    assert!(records(&as_read).all(|record| flags(record) & DUPLICATE == 0));
    assert!(records(&sorted).any(|record| flags(record) & DUPLICATE != 0), "there are duplicates");
    let [one, two] = [&sorted, &as_read].map(|sam| records(sam).map(unmarked).collect::<BTreeSet<_>>());
    assert_eq!(one.len(), records(&as_read).count());
    assert!(one == two, "the same records");
}

#[test]
fn threads_and_formats_do_not_show() {
    let dir = tempfile::tempdir().expect("a folder");
    let (sam, bam) = (dir.path().join("a.sam"), dir.path().join("a.bam"));
    let input = ["--order", "input", "--out"];
    succeed(align(&[&input[..], &[&text(&sam), "--threads", "1"]].concat()));
    let whole = bytes(&sam);
    let other = succeed(align(&[&input[..], &["-", "--threads", "3", "--quiet"]].concat()));
    assert!(whole == other.stdout, "three threads, standard output");
    succeed(align(&[&input[..], &[&text(&bam), "--compression-level", "0"]].concat()));
    assert_eq!(names(dir.path()), ["a.bam", "a.sam"]);
    let args = ["view", "--no-PG", "-h"].map(OsStr::new);
    if let Some(theirs) = peer("samtools", &[&args[..], &[bam.as_os_str()]].concat()) {
        let theirs = as_text(theirs.stdout).replace("--compression-level 0", "--compression-level 5");
        assert!(theirs == as_text(whole), "SAM and BAM hold the same");
    }
}

#[test]
fn devices_pipes_and_names_that_promise_something_else() {
    let dir = tempfile::tempdir().expect("a folder");
    succeed(align(&["--order", "input", "--out", "/dev/null"]));
    succeed(align(&["--out", "/dev/null"]));
    let bam = succeed(align(&["--order", "input", "--out", "-", "--output-format", "bam"])).stdout;
    assert!(bam.starts_with(&[0x1f, 0x8b]), "compressed");
    for (name, more) in [("a.cram", &[][..]), ("a.sam.gz", &[]), ("a.sam", &["--output-format", "bam"])] {
        let out = text(&dir.path().join(name));
        let output = rihla(align(&[&["--order", "input", "--out", &out], more].concat()));
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(said(&output).contains(name), "{}", said(&output));
    }
    let full = rihla(align(&["--order", "input", "--out", "/dev/full"]));
    assert_eq!(full.status.code(), Some(74), "{}", said(&full));
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[test]
fn a_reader_that_goes_is_no_failure() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rihla"))
        .args(align(&["--order", "input", "--out", "-", "--quiet"]))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut first = [0; 100];
    child.stdout.take().expect("a pipe").read_exact(&mut first).expect("a header");
    let output = child.wait_with_output().expect("ends");
    assert!(output.status.success() && said(&output).is_empty(), "{}", said(&output));
}

#[test]
fn writing_that_fails_leaves_no_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = text(&dir.path().join("a.sam"));
    // A limit on the size of files stands for a full disk: writes fail the same way.
    let script = "trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\"";
    let output = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_rihla")])
        .args(align(&["--order", "input", "--out", &out]))
        .output()
        .expect("bash runs");
    assert_eq!(output.status.code(), Some(74), "{}", said(&output));
    assert!(said(&output).contains("a.sam"));
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
fn a_run_that_is_ended_leaves_no_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let (reference, out) = (text(&Sample::get().file("genome.fa")), text(&dir.path().join("a.bam")));
    let mut child = Command::new(env!("CARGO_BIN_EXE_rihla"))
        .args([
            "align", "--ref", &reference, "--reads", "-", "--sample", "S", "--order", "input", "--out", &out,
        ])
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    // Standard input stays open behind a read, so the run waits for more, its output under way.
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"@r\nACGT\n+\nIIII\n").expect("written");
    let begin = std::time::Instant::now();
    while names(dir.path()).is_empty() && begin.elapsed().as_secs() < 20 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let left = names(dir.path());
    assert!(left.len() == 1 && left[0].ends_with(".part"), "{left:?}");
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
    assert_eq!(child.wait().expect("ended").code(), Some(143));
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[test]
fn the_compression_of_reads_does_not_show() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name);
    let mut two = Vec::new();
    let gzip = std::fs::File::open(Sample::get().file("reads_2.fq.gz")).expect("reads");
    MultiGzDecoder::new(gzip).read_to_end(&mut two).expect("whole gzip");
    let (head, tail) = two.split_at(two.len() / 3);
    let frame = |text: &[u8]| {
        let mut out = Vec::with_capacity(zstd_safe::compress_bound(text.len()));
        zstd_safe::compress(&mut out, text, 3).expect("room");
        out
    };
    let whole = [frame(head), frame(tail)].concat();
    std::fs::write(path("whole_2.fq.zst"), &whole).expect("written");
    std::fs::write(path("cut_2.fq.zst"), &whole[..whole.len() - 5]).expect("written");
    std::fs::write(path("plain_2.fq"), &two).expect("written");
    let records_of = |mate: &str| {
        let mut args = align(&["--order", "input", "--out", "-"]);
        let at = args.iter().position(|arg| arg.ends_with("reads_2.fq.gz")).expect("the second mates");
        args[at] = text(&path(mate));
        let output = rihla(args);
        let sam = as_text(output.stdout.clone());
        (output, records(&sam).map(str::to_owned).collect::<Vec<_>>())
    };
    let (output, plain) = records_of("plain_2.fq");
    assert!(output.status.success() && !plain.is_empty(), "{}", said(&output));
    let (output, zstd) = records_of("whole_2.fq.zst");
    assert!(output.status.success() && plain == zstd, "{}", said(&output));
    let (output, _) = records_of("cut_2.fq.zst");
    assert_eq!(output.status.code(), Some(65));
    assert!(said(&output).contains("cut_2.fq.zst: the zstd data end in the middle"), "{}", said(&output));
}

#[test]
fn damaged_reads_leave_no_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let (cut, out) = (dir.path().join("cut.fq.gz"), dir.path().join("out"));
    std::fs::create_dir(&out).expect("a folder");
    let whole = bytes(Sample::get().file("reads_1.fq.gz"));
    std::fs::write(&cut, &whole[..whole.len() / 2]).expect("written");
    let reference = text(&Sample::get().file("genome.fa"));
    let reads = ["--reads", &text(&cut), "--sample", "S"].map(str::to_owned);
    let args = ["align", "--ref", &reference, "--order", "input", "--out", &text(&out.join("a.bam"))]
        .map(str::to_owned);
    let output = rihla(args.iter().chain(&reads));
    assert_eq!(output.status.code(), Some(65), "{}", said(&output));
    assert!(said(&output).contains("cut.fq.gz"));
    assert_eq!(names(&out), Vec::<String>::new());
}
