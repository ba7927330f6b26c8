//! `--from bam`: alignments as they are, duplicates marked anew, calls as from the marked file.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::{FORMS, Sample, bytes, names, peer, rihla, said, succeed};

const DUPLICATE: u16 = 0x400;

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Another program with arguments; `None`, once said, where it is not installed.
fn run(program: &str, args: &[&str]) -> Option<Vec<u8>> {
    let output = peer(program, &args.iter().map(OsStr::new).collect::<Vec<_>>())?;
    assert!(output.status.success(), "{program} {args:?}: {}", said(&output));
    Some(output.stdout)
}

/// Records of a file, their tags in the order of the alphabet, and without `drop`.
fn records(path: &Path, drop: &[&str]) -> Vec<String> {
    let stdout = run("samtools", &["view", &text(path)]).expect("is installed");
    let tidy = |line: &str| {
        let mut fields: Vec<&str> = line.split('\t').collect();
        let mut tags = fields.split_off(11);
        tags.retain(|tag| !drop.iter().any(|name| tag.starts_with(name)));
        tags.sort_unstable();
        [fields, tags].concat().join("\t")
    };
    String::from_utf8(stdout).expect("text").lines().map(tidy).collect()
}

fn header(path: &Path, kind: &str) -> Vec<String> {
    let stdout = run("samtools", &["view", "-H", "--no-PG", &text(path)]).expect("is installed");
    let lines = String::from_utf8(stdout).expect("text");
    lines.lines().filter(|line| line.starts_with(kind)).map(str::to_owned).collect()
}

/// Records by all but FLAG, which says whether they are duplicates.
fn marks(path: &Path) -> BTreeMap<(String, u16, String), bool> {
    let of = |line: &String| {
        let fields: Vec<&str> = line.split('\t').collect();
        let flags: u16 = fields[1].parse().expect("FLAG");
        ((fields[0].to_owned(), flags & !DUPLICATE, fields[2..9].join("\t")), flags & DUPLICATE > 0)
    };
    records(path, &[]).iter().map(of).collect()
}

fn take(command: &str, bam: &Path, out: &[&str], more: &[&str]) {
    let reference = text(&Sample::get().file("genome.fa"));
    let args = [command, "--ref", &reference, "--from", "bam", "--reads", &text(bam)];
    succeed([&args[..], out, more].concat());
}

fn calls(vcf: &Path) -> Vec<String> {
    let text = run("bcftools", &["view", "-H", &text(vcf)]).expect("is installed");
    String::from_utf8(text).expect("text").lines().map(str::to_owned).collect()
}

/// The sample's reads by bwa, of two read groups and libraries, some flagged as duplicates that are none, sorted by
/// coordinate; and the same in the order of the reads. `None` where programs are missing.
fn aligned_by_bwa(dir: &Path) -> Option<(PathBuf, PathBuf)> {
    let file = |name: &str| text(&Sample::get().file(name));
    let reference = dir.join("ref.fa");
    fs::copy(Sample::get().file("genome.fa"), &reference).expect("copied");
    let reference = text(&reference);
    run("bwa", &["index", &reference])?;
    run("samtools", &["--version"])?;
    let one = "@RG\\tID:one\\tSM:DEMO\\tLB:lib1\\tPL:ILLUMINA\\tPU:cell.1\\tCN:here";
    let sam = dir.join("bwa.sam");
    let args = ["mem", "-K", "1000000", "-R", one, "-o", &text(&sam), &reference];
    run("bwa", &[&args[..], &[&file("reads_1.fq.gz"), &file("reads_2.fq.gz")]].concat())?;
    let mut changed = String::new();
    let mut name = String::new();
    let mut template = 0;
    for line in fs::read_to_string(&sam).expect("text").lines() {
        if line.starts_with("@RG") {
            changed += "@RG\tID:two\tSM:DEMO\tLB:lib2\tPL:ILLUMINA\n";
        }
        let mut fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
        if !line.starts_with('@') {
            template += usize::from(name != fields[0]);
            name.clone_from(&fields[0]);
            let flags: u16 = fields[1].parse().expect("FLAG");
            fields[1] = (flags | if template % 7 == 0 { DUPLICATE } else { 0 }).to_string();
            if template % 3 == 0 {
                fields
                    .iter_mut()
                    .filter(|field| *field == "RG:Z:one")
                    .for_each(|field| *field = "RG:Z:two".into());
            }
        }
        changed += &fields.join("\t");
        changed += "\n";
    }
    fs::write(&sam, changed).expect("written");
    let (sorted, unsorted) = (dir.join("bwa.bam"), dir.join("unsorted.bam"));
    run("samtools", &["view", "-b", "-o", &text(&unsorted), &text(&sam)])?;
    run("samtools", &["sort", "-o", &text(&sorted), &text(&sam)])?;
    Some((sorted, unsorted))
}

#[test]
fn records_are_kept_and_marked_as_by_picard() {
    let dir = tempfile::tempdir().expect("a folder");
    let Some((sorted, unsorted)) = aligned_by_bwa(dir.path()) else { return };
    let out = |name: &str| dir.path().join(name);
    take("germline", &sorted, &["--out-dir", &text(&out("a"))], &[]);
    let made = out("a/DEMO.bam");
    // All records, but for the marks, and those are not the old ones.
    let (before, after) = (marks(&sorted), marks(&made));
    assert!(before.len() > 50_000 && before.keys().eq(after.keys()));
    assert!(before != after && after.values().any(|&is_marked| is_marked));
    let unmarked = |path: &Path| {
        let mut lines: Vec<String> = records(path, &[])
            .iter()
            .map(|line| {
                let (name, rest) = line.split_once('\t').expect("fields");
                let (flags, rest) = rest.split_once('\t').expect("fields");
                let flags: u16 = flags.parse().expect("FLAG");
                format!("{name}\t{}\t{rest}", flags & !DUPLICATE)
            })
            .collect();
        lines.sort_unstable();
        lines
    };
    assert!(unmarked(&sorted) == unmarked(&made), "records changed");
    let groups = header(&made, "@RG");
    assert_eq!(groups[0], "@RG\tID:two\tSM:DEMO\tLB:lib2\tPL:ILLUMINA\tPU:two");
    assert_eq!(groups[1], "@RG\tID:one\tSM:DEMO\tLB:lib1\tPL:ILLUMINA\tPU:cell.1\tCN:here");
    let programs = header(&made, "@PG");
    assert!(programs[0].starts_with("@PG\tID:bwa\t"), "{programs:?}");
    let ours = programs.last().expect("ours");
    assert!(
        ours.contains("ID:rihla\t") && ours.contains("PP:samtools") && ours.contains("--from bam"),
        "{ours}"
    );
    let metrics = fs::read_to_string(out("a/DEMO.metrics.json")).expect("there");
    assert!(metrics.contains("\"read_groups\""));

    // In any order, through any format, with any number of threads.
    take("germline", &unsorted, &["--out-dir", &text(&out("b"))], &["--threads", "1", "--memory", "400M"]);
    assert!(marks(&out("b/DEMO.bam")) == after);
    let cram = out("in.cram");
    run("samtools", &["view", "-C", "-T", &text(&out("ref.fa")), "-o", &text(&cram), &text(&sorted)]);
    take("align", &cram, &["--out", &text(&out("c.bam"))], &["--threads", "3"]);
    assert!(marks(&out("c.bam")) == after);
    take("align", &sorted, &["--out", &text(&out("d.bam"))], &[]);
    assert!(records(&out("d.bam"), &[]) == records(&made, &[]));

    // Calls are those of the marked file.
    let reference = text(&Sample::get().file("genome.fa"));
    let vcf = out("again.vcf.gz");
    succeed(["call", "--ref", &reference, "--bam", &text(&made), "--out", &text(&vcf)]);
    let expected = calls(&out("a/DEMO.vcf.gz"));
    assert!(expected.len() > 100 && calls(&vcf) == expected);

    let picard = ["MarkDuplicates", "VALIDATION_STRINGENCY=SILENT"].map(str::to_owned);
    let (input, output) =
        (format!("INPUT={}", text(&sorted)), format!("OUTPUT={}", text(&out("picard.bam"))));
    let table = format!("METRICS_FILE={}", text(&out("picard.txt")));
    let args = [&picard[0], &picard[1], &input, &output, &table].map(String::as_str);
    if run("PicardCommandLine", &args).is_none() {
        return;
    }
    assert!(marks(&out("picard.bam")) == after, "Picard marks others");
    let rows = |path: &Path| -> Vec<String> {
        let text = fs::read_to_string(path).expect("text");
        let rows = text.lines().skip_while(|line| !line.starts_with("LIBRARY\t"));
        rows.take_while(|line| !line.is_empty()).map(|line| line.trim_end().to_owned()).collect()
    };
    let (mut ours, mut theirs) = (rows(&out("a/DEMO.duplicate_metrics.txt")), rows(&out("picard.txt")));
    ours.sort_unstable();
    theirs.sort_unstable();
    assert!(ours.len() == 3 && ours == theirs, "{ours:?} {theirs:?}");
    run("samtools", &["index", &text(&out("picard.bam"))]);
    succeed(["call", "--ref", &reference, "--bam", &text(&out("picard.bam")), "--out", &text(&vcf)]);
    assert!(calls(&vcf) == expected, "calls of Picard's file");
}

#[test]
fn records_are_taken_as_they_are_from_our_own_files() {
    let dir = tempfile::tempdir().expect("a folder");
    let made = Sample::get().file("DEMO.bam");
    let out = dir.path().join("out");
    take("germline", &made, &["--out-dir", &text(&out)], &["--remove-duplicates", "--output-format", "cram"]);
    let own = [
        "DEMO.cram",
        "DEMO.cram.crai",
        "DEMO.duplicate_metrics.txt",
        "DEMO.manifest.json",
        "DEMO.metrics.json",
        "DEMO.report.html",
        "DEMO.vcf.gz",
        "DEMO.vcf.gz.tbi",
    ];
    let mut expected: Vec<String> = FORMS.map(|name| name.replace(".bam.", ".cram.")).to_vec();
    expected.extend(own.map(str::to_owned));
    expected.sort_unstable();
    assert_eq!(names(&out), expected);
    let lines = |path: &Path| fs::read_to_string(path).expect("text");
    let row = |path: &Path| {
        let text = lines(path);
        text.lines().skip_while(|line| !line.starts_with("LIBRARY\t")).nth(1).map(str::to_owned)
    };
    assert_eq!(
        row(&out.join("DEMO.duplicate_metrics.txt")),
        row(&Sample::get().file("DEMO.duplicate_metrics.txt"))
    );
    // A second time over gives the same bytes.
    let [one, two] = ["one.bam", "two.bam"].map(|name| dir.path().join(name));
    take("align", &made, &["--out", &text(&one)], &[]);
    take("align", &made, &["--out", &text(&two)], &["--threads", "1", "--memory", "330M"]);
    assert!(bytes(&one) == bytes(&two));
}

#[test]
fn what_cannot_be_taken_is_one_clear_error() {
    let dir = tempfile::tempdir().expect("a folder");
    let out = dir.path().join("out.bam");
    let file = |name: &str| text(&Sample::get().file(name));
    let refuse = |args: &[&str], code: i32, words: &str| {
        let fixed = ["align", "--from", "bam", "--sample", "DEMO", "--out", &text(&out)];
        let output = rihla([&fixed[..], args].concat());
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", said(&output));
        assert!(said(&output).contains(words), "{words}: {}", said(&output));
        assert!(!names(dir.path()).iter().any(|name| name.starts_with("out.bam")), "{args:?}");
    };
    let (genome, bam, fastq) = (file("genome.fa"), file("DEMO.bam"), file("reads_1.fq.gz"));
    refuse(&["--ref", &genome, "--reads", &fastq], 65, "is no BAM or CRAM");
    refuse(&["--ref", &genome, "--reads", &text(&dir.path().join("none.bam"))], 66, "no such file");
    refuse(&["--ref", &genome, "--reads", &bam, "--trim"], 2, "leave --trim out");
    refuse(&["--ref", &genome, "--reads", &bam, "--order", "input"], 2, "leave --order input out");
    refuse(&["--ref", &genome, "--reads", &bam, "--max-xa", "3"], 2, "options of alignment");
    let other = dir.path().join("other.fa");
    let letters = fs::read_to_string(&genome).expect("text");
    fs::write(&other, letters.replace("ACGTT", "ACGTA")).expect("written");
    refuse(&["--ref", &text(&other), "--reads", &bam], 65, "has another sequence (MD5");
    let renamed = dir.path().join("renamed.fa");
    fs::write(&renamed, letters.replace(">chr", ">")).expect("written");
    refuse(&["--ref", &text(&renamed), "--reads", &bam], 65, "the names must be the same");
    let cut = dir.path().join("cut.bam");
    let whole = bytes(&bam);
    fs::write(&cut, &whole[..whole.len() - 28]).expect("written");
    refuse(&["--ref", &genome, "--reads", &text(&cut)], 65, "end marker is missing");
    fs::write(&cut, &whole[..whole.len() / 2]).expect("written");
    refuse(&["--ref", &genome, "--reads", &text(&cut)], 65, "cut.bam");
}
