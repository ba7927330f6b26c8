//! Against Picard MarkDuplicates itself, read by read and metric by metric, where it is installed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use rihla_core::record::{flags, set_flags};
use rihla_core::{Contigs, RecordArena};
use rihla_shard::{DuplicateMetrics, Origin, ShardWriter, Shards, picard_metrics};

use crate::properties::{file, options};
use crate::templates::{batches, contigs, random_choices};
use crate::{sam, templates::Batch};

#[test]
fn crowded_random_templates() {
    if !installed(&["PicardCommandLine", "samtools"]) {
        return;
    }
    for (seed, templates) in [(1, 400), (2, 20_000)] {
        let writer = ShardWriter::new(&contigs(), options());
        for batch in batches(&random_choices(seed, templates), 100) {
            batch.push_to(&writer).expect("good records");
        }
        compare(&contigs(), &writer.finish().expect("resolved"));
    }
}

#[test]
fn reads_aligned_by_bwa() {
    if !installed(&["PicardCommandLine", "samtools", "bwa"]) {
        return;
    }
    let data = std::env::var("RIHLA_DATA")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let reference = data.join("grch38-20mb/ref.fa.gz");
    if !reference.exists() {
        eprintln!("skipped: no {}", reference.display());
        return;
    }
    let directory = tempfile::tempdir().expect("a directory");
    let part = directory.path().join("part.fa");
    let contig = contig_named(&reference, "20");
    run(Command::new("samtools")
        .args(["faidx", "-o"])
        .arg(&part)
        .arg(copy_of(&reference, directory.path()))
        .arg(format!("{contig}:1990001-2310000")));
    run(Command::new("bwa").arg("index").arg(&part));
    let aligned = directory.path().join("aligned.sam");
    let reads =
        [1, 2].map(|mate| head(&data.join(format!("sim-1mb-30x/reads_{mate}.fq.gz")), directory.path()));
    run(Command::new("bwa").args(["mem", "-o"]).arg(&aligned).arg(&part).args(&reads));
    let text = fs::read_to_string(&aligned).expect("readable");
    let contigs = sam::contigs(&text);
    let (records, ends) = sam::parse(&contigs, &text);
    let writer = ShardWriter::new(&contigs, rihla_shard::ShardOptions { bin_bases: 50_000, ..options() });
    Batch { origin: Origin::default(), first: 0, records, ends }.push_to(&writer).expect("good records");
    compare(&contigs, &writer.finish().expect("resolved"));
}

/// Hands the sorted file to Picard without our flags and compares what it says.
fn compare(contigs: &Contigs, shards: &Shards) {
    let bins: Vec<_> = (0..shards.bins()).map(|bin| shards.load(bin).expect("loads")).collect();
    let ours = file(&bins);
    let mut plain = RecordArena::new();
    for (i, record) in ours.iter().enumerate() {
        plain.push(record.bytes());
        set_flags(plain.get_mut(i), record.flags() & !flags::DUPLICATE);
    }
    let directory = tempfile::tempdir().expect("a directory");
    let path = |name: &str| directory.path().join(name);
    fs::write(path("in.sam"), sam::write(contigs, &plain)).expect("written");
    run(Command::new("samtools").args(["view", "-b", "-o"]).args([path("in.bam"), path("in.sam")]));
    let argument = |name: &str, file: &str| format!("{name}={}", path(file).display());
    run(Command::new("PicardCommandLine").arg("MarkDuplicates").args([
        argument("INPUT", "in.bam"),
        argument("OUTPUT", "out.sam"),
        argument("METRICS_FILE", "metrics.txt"),
        "VALIDATION_STRINGENCY=SILENT".to_owned(),
    ]));
    let text = fs::read_to_string(path("out.sam")).expect("readable");
    let theirs = text.lines().filter(|line| !line.starts_with('@')).map(|line| {
        let mut fields = line.split('\t');
        (fields.next().expect("a name"), fields.next().and_then(|f| f.parse::<u16>().ok()).expect("a flag"))
    });
    let mut compared = 0;
    for (record, (name, bits)) in ours.iter().zip(theirs) {
        assert_eq!(record.name(), name.as_bytes(), "record {compared}");
        assert_eq!(record.flags(), bits, "flags of {name} at {:?}", record.position());
        compared += 1;
    }
    assert_eq!(compared, ours.len());
    let metrics = fs::read_to_string(path("metrics.txt")).expect("readable");
    let mut rows = metrics.lines().skip_while(|line| !line.starts_with("LIBRARY"));
    assert_eq!(rows.next().expect("a header"), DuplicateMetrics::PICARD_COLUMNS.join("\t"));
    let row = shards.duplicate_metrics()[0].picard_row("l").join("\t");
    assert_eq!(row.trim_end(), rows.next().expect("a row").trim_end());
    let gains = |text: &str| -> Vec<String> {
        let lines = text.lines().skip_while(|line| !line.starts_with("BIN\t")).skip(1);
        lines
            .map(|line| line.split('\t').take(2).collect::<Vec<_>>().join("\t"))
            .filter(|line| line.contains('\t'))
            .collect()
    };
    let file = picard_metrics("rihla", "s", [("l", &shards.duplicate_metrics()[0])]);
    let coverage = gains(&file);
    assert_eq!(coverage.len(), 100);
    assert_eq!(coverage[..], gains(&metrics)[..100]);
    eprintln!("equal to Picard on {compared} records: {row}");
}

fn installed(programs: &[&str]) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let missing =
        programs.iter().find(|program| !std::env::split_paths(&paths).any(|at| at.join(program).exists()));
    if let Some(program) = missing {
        eprintln!("skipped: {program} is not installed");
    }
    missing.is_none()
}

fn run(command: &mut Command) {
    let output = command.stdout(Stdio::null()).output().expect("starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The name of the first contig that holds `part`.
fn contig_named(reference: &Path, part: &str) -> String {
    let output = Command::new("gzip").arg("-dc").arg(reference).output().expect("starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let header = text.lines().find(|line| line.starts_with('>') && line.contains(part)).expect("a contig");
    header[1..].split_whitespace().next().expect("a name").to_owned()
}

/// A copy beside which an index can be made.
fn copy_of(reference: &Path, directory: &Path) -> PathBuf {
    let copy = directory.join("ref.fa.gz");
    std::io::copy(&mut File::open(reference).expect("readable"), &mut File::create(&copy).expect("made"))
        .expect("copied");
    copy
}

/// The first reads of a file, plain.
fn head(reads: &Path, directory: &Path) -> PathBuf {
    let out = directory.join(reads.file_stem().expect("a name"));
    let bytes = Command::new("gzip").arg("-dc").arg(reads).output().expect("starts").stdout;
    let end = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(4 * 30_000 - 1);
    fs::write(&out, &bytes[..end.map_or(bytes.len(), |(at, _)| at + 1)]).expect("written");
    out
}
