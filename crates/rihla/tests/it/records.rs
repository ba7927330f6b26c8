//! BAM and CRAM as reads: unaligned, sorted, with read groups, damaged.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::harness::{Sample, bytes, names, peer, rihla, said, succeed};

/// Lengths of the templates, so that the order of the reads does not show in what is learnt of them.
const LENGTHS: [&str; 2] = ["--insert-size", "400,50"];

const DUPLICATE: u16 = 0x400;

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// samtools with arguments; `None`, once said, where it is not installed.
fn samtools(args: &[&str]) -> Option<Output> {
    let output = peer("samtools", &args.iter().map(OsStr::new).collect::<Vec<_>>())?;
    assert!(output.status.success(), "{args:?}: {}", said(&output));
    Some(output)
}

/// Records of a file as samtools prints them.
fn records(path: &Path) -> Vec<String> {
    let output = samtools(&["view", &text(path)]).expect("is installed");
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

fn header(path: &Path) -> Vec<String> {
    let output = samtools(&["view", "-H", "--no-PG", &text(path)]).expect("is installed");
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

/// The sample's pairs as an unaligned BAM, with a read group of these fields; `None` without samtools.
fn unaligned(dir: &Path, group: &str) -> Option<PathBuf> {
    let file = |name: &str| text(&Sample::get().file(name));
    let (one, two, out) = (file("reads_1.fq.gz"), file("reads_2.fq.gz"), dir.join("reads.bam"));
    let mut args = vec!["import", "-1", &one, "-2", &two, "-o"];
    let out_text = text(&out);
    args.push(&out_text);
    if !group.is_empty() {
        args.extend(["--rg-line", group]);
    }
    samtools(&args).map(|_| out)
}

fn align_args(reads: &[&str], out: &Path, more: &[&str]) -> Vec<String> {
    let reference = text(&Sample::get().file("genome.fa"));
    let out = text(out);
    let args = [&["align", "--ref", &reference, "--reads"], reads, &["--out", &out], &LENGTHS, more].concat();
    args.into_iter().map(str::to_owned).collect()
}

fn align(reads: &[&str], out: &Path, more: &[&str]) {
    succeed(align_args(reads, out, more));
}

/// Alignment of the sample's FASTQ.
fn align_fastq(out: &Path, more: &[&str]) {
    let file = |name: &str| text(&Sample::get().file(name));
    align(&[&file("reads_1.fq.gz"), &file("reads_2.fq.gz")], out, &[&["--sample", "DEMO"], more].concat());
}

/// Records by name, mate and kind, without their duplicate marks; and the number of those.
fn by_name(path: &Path) -> (BTreeMap<(String, u16), String>, usize) {
    let mut duplicates = 0;
    let unmarked = |line: &String| {
        let fields: Vec<&str> = line.split('\t').collect();
        let flags: u16 = fields[1].parse().expect("FLAG");
        duplicates += usize::from(flags & DUPLICATE > 0);
        let kind = flags & 0x8c0;
        let supplementary = if kind & 0x800 > 0 { fields[2..6].join("\t") } else { String::new() };
        let rest = format!("{}\t{}", flags & !DUPLICATE, fields[2..].join("\t"));
        ((fields[0].to_owned() + &supplementary, kind), rest)
    };
    (records(path).iter().map(unmarked).collect(), duplicates)
}

#[test]
fn an_unaligned_bam_gives_what_fastq_does() {
    let dir = tempfile::tempdir().expect("a folder");
    if unaligned(dir.path(), "").is_none() {
        return;
    }
    let out = |name: &str| dir.path().join(name);
    // All that is learnt too: the lengths are not given.
    let file = |name: &str| text(&Sample::get().file(name));
    let run = |reads: &[&str], name: &str, more: &[&str]| {
        let (reference, out) = (file("genome.fa"), text(&out(name)));
        let args = ["germline", "--ref", &reference, "--sample", "DEMO", "--out-dir", &out, "--reads"];
        succeed([&args[..], reads, more].concat());
    };
    run(&[&file("reads_1.fq.gz"), &file("reads_2.fq.gz")], "fastq", &[]);
    let group = header(&out("fastq/DEMO.bam")).into_iter().find(|line| line.starts_with("@RG"));
    let reads = unaligned(dir.path(), &group.expect("a read group")).expect("is installed");
    // samtools names itself in the header.
    let viewed = out("viewed.bam");
    samtools(&["view", "-b", "-o", &text(&viewed), &text(&reads)]).expect("is installed");
    run(&[&text(&viewed)], "bam", &["--threads", "3"]);
    let expected = records(&out("fastq/DEMO.bam"));
    assert!(expected.len() > 50_000);
    assert!(records(&out("bam/DEMO.bam")) == expected);
    // Its programs stay, ours comes behind them.
    let programs: Vec<String> =
        header(&out("bam/DEMO.bam")).into_iter().filter(|line| line.starts_with("@PG")).collect();
    assert!(programs[0].starts_with("@PG\tID:samtools\t"), "{programs:?}");
    assert!(programs[1].starts_with("@PG\tID:rihla\tPN:rihla\tPP:samtools\t"), "{programs:?}");

    let cram = out("reads.cram");
    samtools(&["view", "-C", "-o", &text(&cram), &text(&reads)]).expect("is installed");
    let (unaligned_cram, fastq) = (out("c.bam"), out("f.bam"));
    align_fastq(&fastq, &[]);
    align(&[&text(&cram)], &unaligned_cram, &["--sample", "DEMO"]);
    assert!(records(&unaligned_cram) == records(&fastq));

    // Through standard input.
    let piped = Command::new(env!("CARGO_BIN_EXE_rihla"))
        .args(align_args(&["-"], &out("p.bam"), &["--sample", "DEMO"]))
        .stdin(Stdio::from(File::open(&reads).expect("there")))
        .output()
        .expect("starts");
    assert!(piped.status.success(), "{}", said(&piped));
    assert!(records(&out("p.bam")) == records(&fastq));
}

#[test]
fn aligned_files_are_aligned_anew() {
    let dir = tempfile::tempdir().expect("a folder");
    if unaligned(dir.path(), "").is_none() {
        return;
    }
    let out = |name: &str| dir.path().join(name);
    let (sorted, cram) = (out("sorted.bam"), out("sorted.cram"));
    align_fastq(&sorted, &[]);
    align_fastq(&cram, &[]);
    let expected = by_name(&sorted);
    // The name of the sample is the file's.
    align(&[&text(&sorted)], &out("again.bam"), &[]);
    assert!(by_name(&out("again.bam")) == expected);
    align(&[&text(&cram)], &out("again2.bam"), &["--threads", "1"]);
    assert!(records(&out("again2.bam")) == records(&out("again.bam")));
    let other = rihla(align_args(&[&text(&sorted)], &out("other.bam"), &["--sample", "OTHER"]));
    assert_eq!(other.status.code(), Some(65));
    assert!(said(&other).contains("is of sample DEMO, not OTHER"), "{}", said(&other));
}

#[test]
fn read_groups_are_kept() {
    let dir = tempfile::tempdir().expect("a folder");
    let Some(reads) = unaligned(dir.path(), "@RG\tID:one\tSM:DEMO\tLB:lib1\tPU:cell.1\tCN:here") else {
        return;
    };
    // Every other template gets another read group.
    let sam = String::from_utf8(samtools(&["view", "-h", &text(&reads)]).expect("is installed").stdout)
        .expect("text");
    let second = "@RG\tID:two\tSM:DEMO\tLB:lib2\tPL:ELEMENT\n";
    let mut changed = String::new();
    let mut count = 0;
    for line in sam.lines() {
        if line.starts_with("@RG") {
            changed += second;
        }
        let is_second = !line.starts_with('@') && (count / 2) % 2 == 1;
        count += usize::from(!line.starts_with('@'));
        changed += &if is_second { line.replace("RG:Z:one", "RG:Z:two") } else { line.to_owned() };
        changed += "\n";
    }
    let (text_file, bam) = (dir.path().join("two.sam"), dir.path().join("two.bam"));
    fs::write(&text_file, changed).expect("written");
    samtools(&["view", "-b", "-o", &text(&bam), &text(&text_file)]).expect("is installed");
    let out_dir = text(&dir.path().join("out"));
    let reference = text(&Sample::get().file("genome.fa"));
    succeed(["germline", "--ref", &reference, "--reads", &text(&bam), "--out-dir", &out_dir]);
    let made = dir.path().join("out/DEMO.bam");
    let groups: Vec<String> = header(&made).into_iter().filter(|line| line.starts_with("@RG")).collect();
    assert_eq!(
        groups,
        [
            "@RG\tID:two\tSM:DEMO\tLB:lib2\tPL:ELEMENT\tPU:two",
            "@RG\tID:one\tSM:DEMO\tLB:lib1\tPL:ILLUMINA\tPU:cell.1\tCN:here"
        ]
    );
    let of = |path: &Path, group: &str| {
        let tag = format!("RG:Z:{group}");
        let own = records(path).into_iter().filter(|line| line.split('\t').any(|field| field == tag));
        let mut names: Vec<String> =
            own.map(|line| line.split('\t').next().expect("a name").to_owned()).collect();
        names.sort();
        names.dedup();
        names
    };
    for group in ["one", "two"] {
        assert!(of(&made, group).len() > 1000 && of(&made, group) == of(&bam, group), "{group}");
    }
    let table = fs::read_to_string(dir.path().join("out/DEMO.duplicate_metrics.txt")).expect("there");
    assert!(table.contains("lib1\t") && table.contains("lib2\t"), "{table}");
}

#[test]
fn damage_and_lost_mates_are_one_clear_error() {
    let dir = tempfile::tempdir().expect("a folder");
    let Some(reads) = unaligned(dir.path(), "") else { return };
    let refuse = |name: &str, code: i32, words: &str| {
        let out = dir.path().join("out.bam");
        let output = rihla(align_args(&[&text(&dir.path().join(name))], &out, &["--sample", "DEMO"]));
        assert_eq!(output.status.code(), Some(code), "{name}: {}", said(&output));
        assert!(said(&output).contains(words) && said(&output).contains(name), "{}", said(&output));
        assert!(!names(dir.path()).iter().any(|name| name.starts_with("out.bam")), "{name}");
    };
    let whole = bytes(&reads);
    fs::write(dir.path().join("cut.bam"), &whole[..whole.len() - 28]).expect("written");
    refuse("cut.bam", 65, "end marker is missing");
    fs::write(dir.path().join("half.bam"), &whole[..whole.len() / 2]).expect("written");
    refuse("half.bam", 65, "");
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 1;
    fs::write(dir.path().join("damaged.bam"), damaged).expect("written");
    refuse("damaged.bam", 65, "damaged");
    let sam = String::from_utf8(samtools(&["view", "-h", &text(&reads)]).expect("is installed").stdout)
        .expect("text");
    let lines: Vec<&str> = sam.lines().collect();
    let lost = lines[lines.len() - 101];
    let rest: Vec<&str> = lines.into_iter().filter(|&line| line != lost).collect();
    fs::write(dir.path().join("lost.sam"), rest.join("\n") + "\n").expect("written");
    let (from, to) = (text(&dir.path().join("lost.sam")), text(&dir.path().join("lost.bam")));
    samtools(&["view", "-b", "-o", &to, &from]).expect("is installed");
    refuse(
        "lost.bam",
        65,
        &format!("read {}: its mate is missing", lost.split('\t').next().expect("a name")),
    );
    let nameless = rihla(align_args(&[&text(&reads)], &dir.path().join("out.bam"), &[]));
    assert_eq!(nameless.status.code(), Some(2), "{}", said(&nameless));
    assert!(said(&nameless).contains("--sample"), "{}", said(&nameless));
}
