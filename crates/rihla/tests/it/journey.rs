//! The main job and its halves do what they say.

use std::fs;
use std::path::Path;

use rihla_truth::TruthVariant;

use crate::harness::{Sample, bytes, names, rihla, said, succeed};

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Body of a bgzipped VCF: its records without the header, which names the command.
fn records(path: &Path) -> Vec<String> {
    use std::io::Read;
    let mut vcf = String::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(fs::File::open(path).expect("a VCF"));
    decoder.read_to_string(&mut vcf).expect("whole gzip");
    vcf.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn the_demonstration_scores_well_and_says_where_things_are() {
    let sample = Sample::get();
    let f1 = |kind: &str| -> f64 {
        let row =
            sample.said.lines().find(|line| line.contains(&format!(" {kind} "))).expect("a row of the score");
        row.split_ascii_whitespace().last().expect("F1").parse().expect("a number")
    };
    assert!(f1("SNP") > 0.98, "{}", sample.said);
    assert!(f1("indel") > 0.93, "{}", sample.said);
    for name in ["DEMO.bam", "DEMO.vcf.gz", "DEMO.metrics.json"] {
        assert!(sample.said.contains(name) && sample.file(name).is_file(), "{name}: {}", sample.said);
    }
}

#[test]
fn the_sample_in_the_repository_is_called() {
    let mini = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/mini");
    let dir = tempfile::tempdir().expect("a folder");
    // The index goes elsewhere: a test leaves nothing in the repository.
    let (reference, index) = (text(&mini.join("ref.fa.gz")), text(&dir.path().join("mini.rhx")));
    let (one, two) = (text(&mini.join("reads_1.fq.gz")), text(&mini.join("reads_2.fq.gz")));
    let out = text(dir.path());
    let args = ["germline", "--ref", &reference, "--index", &index, "--reads", &one, &two];
    succeed(args.iter().chain(&["--sample", "mini", "--out-dir", &out]));
    let genome = rihla_io::fasta::read_fasta(&reference).expect("a reference");
    let variants = |path: &Path| -> Vec<TruthVariant> {
        let records = rihla_io::vcf::read_vcf(path, genome.contigs()).expect("a VCF").into_iter();
        records
            .map(|record| TruthVariant {
                genotype: record.genotype,
                is_pass: record.is_pass,
                ..TruthVariant::new(record.contig, record.position, &record.reference, record.alternates, &[])
            })
            .collect()
    };
    let confident = rihla_io::bed::read_bed(mini.join("truth.bed"), genome.contigs()).expect("a BED");
    let (truth, calls) = (variants(&mini.join("truth.vcf")), variants(&dir.path().join("mini.vcf.gz")));
    let found = rihla_truth::compare(&genome, &truth, &calls, &confident);
    assert!(found.snp.truth_total() > 50 && found.snp.f1() > Some(0.95), "{:?}", found.snp);
    assert!(found.indel.truth_total() > 5 && found.indel.f1() > Some(0.85), "{:?}", found.indel);
}

#[test]
fn the_halves_make_the_whole() {
    let sample = Sample::get();
    let dir = tempfile::tempdir().expect("a folder");
    let (bam, vcf) = (dir.path().join("half.bam"), dir.path().join("half.vcf.gz"));
    let reference = text(&sample.file("genome.fa"));
    let (one, two) = (text(&sample.file("reads_1.fq.gz")), text(&sample.file("reads_2.fq.gz")));
    succeed(["align", "--ref", &reference, "--reads", &one, &two, "--sample", "DEMO", "--out", &text(&bam)]);
    succeed(["call", "--ref", &reference, "--bam", &text(&bam), "--out", &text(&vcf)]);
    assert_eq!(names(dir.path()), ["half.bam", "half.bam.bai", "half.vcf.gz", "half.vcf.gz.tbi"]);
    let (half, whole) = (records(&vcf), records(&sample.file("DEMO.vcf.gz")));
    assert!(!whole.is_empty());
    assert_eq!(half, whole);
}

#[test]
fn standard_output_holds_data_only_when_asked_for() {
    let sample = Sample::get();
    let (reference, bam) = (text(&sample.file("genome.fa")), text(&sample.file("DEMO.bam")));
    let output = succeed(["call", "--ref", &reference, "--bam", &bam, "--out", "-"]);
    let vcf = String::from_utf8(output.stdout).expect("text");
    assert!(vcf.starts_with("##fileformat=VCFv4.2\n"), "{}", &vcf[..60]);
    let body: Vec<&str> = vcf.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(body, records(&sample.file("DEMO.vcf.gz")));
    let dir = tempfile::tempdir().expect("a folder");
    let output = succeed(sample.germline(dir.path()));
    assert!(output.stdout.is_empty());
    let quiet: Vec<String> = sample.germline(dir.path()).into_iter().chain(["--quiet".to_owned()]).collect();
    assert_eq!(said(&succeed(quiet)), "");
}

#[test]
fn regions_limit_the_calls() {
    let sample = Sample::get();
    let dir = tempfile::tempdir().expect("a folder");
    let bed = dir.path().join("regions.bed");
    fs::write(&bed, "chr1\t20000\t40000\nchr1\t60000\t61000\nchr3\t10000\t20000\n").expect("written");
    let (reference, bam) = (text(&sample.file("genome.fa")), text(&sample.file("DEMO.bam")));
    let vcf = dir.path().join("some.vcf.gz");
    let args = ["call", "--ref", &reference, "--bam", &bam, "--out", &text(&vcf), "--regions", &text(&bed)];
    succeed(args);
    let inside = |line: &String| {
        let mut fields = line.split('\t');
        let (contig, position): (_, u32) =
            (fields.next().expect("CHROM"), fields.next().expect("POS").parse().expect("a number"));
        match contig {
            "chr1" => (20_001..=40_000).contains(&position) || (60_001..=61_000).contains(&position),
            "chr3" => (10_001..=20_000).contains(&position),
            _ => false,
        }
    };
    let expected: Vec<String> = records(&sample.file("DEMO.vcf.gz")).into_iter().filter(inside).collect();
    assert!(expected.len() > 10);
    assert_eq!(records(&vcf), expected);
}

#[test]
fn single_reads_and_empty_inputs_are_valid() {
    let sample = Sample::get();
    let dir = tempfile::tempdir().expect("a folder");
    let reference = text(&sample.file("genome.fa"));
    let out = text(&dir.path().join("single"));
    let reads = text(&sample.file("reads_1.fq.gz"));
    succeed(["germline", "--ref", &reference, "--reads", &reads, "--sample", "S", "--out-dir", &out]);
    assert!(!records(&dir.path().join("single/S.vcf.gz")).is_empty());
    let empty = dir.path().join("empty.fq");
    fs::write(&empty, "").expect("written");
    let out = text(&dir.path().join("none"));
    let output = succeed([
        "germline",
        "--ref",
        &reference,
        "--reads",
        &text(&empty),
        "--sample",
        "S",
        "--out-dir",
        &out,
    ]);
    assert!(said(&output).contains("warning") && said(&output).contains("no reads"), "{}", said(&output));
    assert_eq!(records(&dir.path().join("none/S.vcf.gz")), Vec::<String>::new());
}

#[test]
fn simulation_repeats_and_takes_any_thread_count() {
    let sample = Sample::get();
    let dir = tempfile::tempdir().expect("a folder");
    let reference = text(&sample.file("genome.fa"));
    for (name, threads) in [("a", "1"), ("b", "3")] {
        let out = text(&dir.path().join(name));
        succeed(["simulate", "--ref", &reference, "--out-dir", &out, "--depth", "5", "--threads", threads]);
    }
    for name in ["reads_1.fq.gz", "reads_2.fq.gz", "truth.vcf.gz", "truth.bed"] {
        assert!(bytes(dir.path().join("a").join(name)) == bytes(dir.path().join("b").join(name)), "{name}");
    }
}

#[test]
fn help_and_version_are_there() {
    let output = succeed(["--version"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), format!("rihla {}\n", env!("CARGO_PKG_VERSION")));
    for command in ["index", "germline", "align", "call", "simulate", "verify", "demo"] {
        assert!(!succeed([command, "--help"]).stdout.is_empty());
    }
    assert_eq!(rihla(["germline", "--threads", "0"]).status.code(), Some(2));
}
