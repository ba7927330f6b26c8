//! Options of alignment, and pairs in one file.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use crate::harness::{Sample, bytes, rihla, said, succeed};

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The records of an alignment of these reads as they come, and the header's `@PG` line.
fn align(reads: &[&Path], more: &[&str]) -> (String, String) {
    let output = succeed(arguments(reads, more));
    let sam = String::from_utf8(output.stdout).expect("text");
    let (header, records): (Vec<&str>, Vec<&str>) = sam.lines().partition(|line| line.starts_with('@'));
    let program = header.iter().find(|line| line.starts_with("@PG")).expect("a program");
    (records.join("\n"), (*program).to_owned())
}

fn arguments(reads: &[&Path], more: &[&str]) -> Vec<String> {
    let reference = text(&Sample::get().file("genome.fa"));
    let args = ["align", "--ref", &reference, "--sample", "DEMO", "--order", "input", "--out", "-"];
    let mut args: Vec<String> = args.iter().chain(more).map(|&arg| arg.to_owned()).collect();
    args.push("--reads".to_owned());
    args.extend(reads.iter().map(|path| text(path)));
    args
}

fn mates() -> [PathBuf; 2] {
    ["reads_1.fq.gz", "reads_2.fq.gz"].map(|name| Sample::get().file(name))
}

fn inflated(path: &Path) -> String {
    let mut text = String::new();
    MultiGzDecoder::new(&bytes(path)[..]).read_to_string(&mut text).expect("whole gzip");
    text
}

/// The first `pairs` pairs, those of both files in turn.
fn interleaved(pairs: usize) -> [String; 3] {
    let [one, two] = mates().map(|path| inflated(&path));
    let records = |text: &str| -> Vec<String> {
        let lines: Vec<&str> = text.split_inclusive('\n').take(4 * pairs).collect();
        lines.chunks(4).map(|lines| lines.concat()).collect()
    };
    let (one, two) = (records(&one), records(&two));
    let both = one.iter().zip(&two).map(|(one, two)| format!("{one}{two}")).collect();
    [one.concat(), two.concat(), both]
}

#[test]
fn pairs_in_one_file_are_pairs_in_two() {
    let dir = tempfile::tempdir().expect("a folder");
    let paths = ["one.fq", "two.fq", "both.fq"].map(|name| dir.path().join(name));
    let texts = interleaved(3_000);
    paths.iter().zip(&texts).for_each(|(path, text)| fs::write(path, text).expect("written"));
    let [one, two, both] = &paths;
    let (apart, _) = align(&[one, two], &[]);
    let (together, program) = align(&[both], &["--interleaved"]);
    assert!(apart == together, "the same records");
    assert!(program.contains(" --interleaved"), "{program}");

    let germline = |reads: &[&Path], out: &str, more: &[&str]| {
        let (reference, out) = (text(&Sample::get().file("genome.fa")), text(&dir.path().join(out)));
        let reads = reads.iter().map(|path| text(path));
        let args = ["germline", "--ref", &reference, "--sample", "S", "--out-dir", &out];
        let args = args.iter().chain(more).chain(&["--reads"]).map(|&arg| arg.to_owned());
        succeed(args.chain(reads));
        inflated(&Path::new(&out).join("S.vcf.gz"))
            .lines()
            .filter(|l| !l.starts_with('#'))
            .collect::<String>()
    };
    assert_eq!(germline(&[one, two], "a", &[]), germline(&[both], "b", &["--interleaved"]));
}

#[test]
fn what_is_wrong_with_pairs_in_one_file() {
    let dir = tempfile::tempdir().expect("a folder");
    let [one, _, both] = interleaved(101);
    let (odd, single) = (dir.path().join("odd.fq"), dir.path().join("single.fq"));
    let lines: Vec<&str> = both.split_inclusive('\n').collect();
    fs::write(&odd, lines[..4 * 201].concat()).expect("written");
    fs::write(&single, one).expect("written");
    let output = rihla(arguments(&[&odd], &["--interleaved"]));
    assert_eq!(output.status.code(), Some(65));
    assert!(said(&output).contains("odd.fq: record 201: "), "{}", said(&output));
    let output = rihla(arguments(&[&single], &["--interleaved"]));
    assert_eq!(output.status.code(), Some(65));
    assert!(said(&output).contains("single.fq: records 1 and 2: "), "{}", said(&output));
    let output = rihla(arguments(&[&single, &odd], &["--interleaved"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("--interleaved takes one file"), "{}", said(&output));
    fs::write(&odd, &both).expect("written");
    let output = succeed(arguments(&[&odd], &[]));
    assert!(said(&output).contains("give --interleaved"), "{}", said(&output));
}

#[test]
fn insert_sizes_may_be_given() {
    let [one, two] = &mates();
    let (learnt, program) = align(&[one, two], &[]);
    assert!(!program.contains("--insert-size") && program.contains("--min-score 30"), "{program}");
    let (given, program) = align(&[one, two], &["--insert-size", "5000,10"]);
    assert!(program.contains("--insert-size 5000,10,5040,4960"), "{program}");
    let proper = |sam: &str| {
        let flags = |line: &str| -> u16 { line.split('\t').nth(1).expect("FLAG").parse().expect("a number") };
        sam.lines().filter(|line| flags(line) & 2 != 0).count()
    };
    assert!(proper(&learnt) > 1_000 && proper(&given) < proper(&learnt) / 100, "no pair is that long");
    let output = rihla(arguments(&[one, two], &["--insert-size", "x"]));
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains("MEAN[,SD[,MAX[,MIN]]]"), "{}", said(&output));
}

#[test]
fn lists_of_alternate_loci() {
    let dir = tempfile::tempdir().expect("a folder");
    let reads = dir.path().join("one.fq");
    fs::write(&reads, &interleaved(50)[0]).expect("written");
    let list = dir.path().join("list.alt");
    let list_name = text(&list);
    let output = rihla(arguments(&[&reads], &["--alt", &list_name]));
    assert_eq!(output.status.code(), Some(66));
    assert!(said(&output).contains("list.alt"), "{}", said(&output));
    fs::write(&list, "chr2\nchr77\n").expect("written");
    let output = succeed(arguments(&[&reads], &["--alt", &list_name]));
    assert!(said(&output).contains("list.alt: 1 ALT contigs"), "{}", said(&output));
    assert!(said(&output).contains("warning") && said(&output).contains("chr77"), "{}", said(&output));
    assert!(align(&[&reads], &["--alt", &list_name]).1.contains("--alt "));
    assert!(!align(&[&reads], &["--alt", "none"]).1.contains("--alt"));
    fs::write(&list, "\tchr2\n").expect("written");
    let output = rihla(arguments(&[&reads], &["--alt", &list_name]));
    assert_eq!(output.status.code(), Some(65));
    assert!(said(&output).contains("list.alt: line 1"), "{}", said(&output));
}
