//! Bad input gives one clear error, the right exit code, and leaves nothing that looks finished.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use crate::harness::{Sample, bytes, names, rihla, said, succeed};

const DATA: i32 = 65;
const MISSING: i32 = 66;
const CANNOT_CREATE: i32 = 73;
const IO: i32 = 74;

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Inputs of one test, and an output folder that must stay free of finished files.
struct Bench {
    dir: TempDir,
}

impl Bench {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        fs::create_dir(dir.path().join("out")).expect("a folder");
        Self { dir }
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.dir.path().join(name);
        fs::write(&path, content).expect("written");
        path
    }

    fn out(&self) -> PathBuf {
        self.dir.path().join("out")
    }

    /// The main job on these reads.
    fn germline(&self, reads: &[&Path]) -> Output {
        let mut args =
            vec!["germline".to_owned(), "--ref".to_owned(), text(&Sample::get().file("genome.fa"))];
        args.push("--reads".to_owned());
        args.extend(reads.iter().map(|path| text(path)));
        args.extend(["--sample", "X", "--out-dir"].map(str::to_owned));
        args.push(text(&self.out()));
        rihla(args)
    }

    /// The main job, once its outputs are under way.
    fn started(&self) -> Child {
        let child = Command::new(env!("CARGO_BIN_EXE_rihla"))
            .args(Sample::get().germline(&self.out()))
            .stderr(Stdio::null())
            .spawn()
            .expect("starts");
        let begin = Instant::now();
        while names(&self.out()).is_empty() && begin.elapsed() < Duration::from_secs(20) {
            std::thread::sleep(Duration::from_millis(2));
        }
        child
    }

    /// Checks the exit code, that the error is one line with these words, and that nothing was left.
    fn refused(&self, output: &Output, code: i32, words: &[&str]) {
        let said = said(output);
        assert_eq!(output.status.code(), Some(code), "{said}");
        let errors: Vec<&str> = said.lines().filter(|line| line.starts_with("rihla: ")).collect();
        assert_eq!(errors.len(), 1, "one error: {said}");
        for word in words {
            assert!(errors[0].contains(word), "{word:?} is not in: {}", errors[0]);
        }
        assert_eq!(names(&self.out()), Vec::<String>::new(), "nothing is left");
    }
}

/// The sample's reads as text.
fn reads(mate: u8) -> String {
    use std::io::Read;
    let mut out = String::new();
    let file = fs::File::open(Sample::get().file(&format!("reads_{mate}.fq.gz"))).expect("reads");
    MultiGzDecoder::new(file).read_to_string(&mut out).expect("whole gzip");
    out
}

/// The first `count` records of a FASTQ text.
fn first(reads: &str, count: usize) -> String {
    reads.split_inclusive('\n').take(4 * count).collect()
}

fn gzip(content: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content.as_bytes()).expect("in memory");
    encoder.finish().expect("in memory")
}

#[test]
fn gzip_cut_in_the_middle() {
    let bench = Bench::new();
    let (one, two) = (gzip(&first(&reads(1), 2_000)), gzip(&first(&reads(2), 2_000)));
    let one = bench.write("r1.fq.gz", &one[..one.len() / 2]);
    let two = bench.write("r2.fq.gz", two);
    bench.refused(&bench.germline(&[&one, &two]), DATA, &["r1.fq.gz", "cut"]);
    // Late in a large input, when outputs are long under way.
    let whole = bytes(Sample::get().file("reads_2.fq.gz"));
    let two = bench.write("r2.fq.gz", &whole[..whole.len() - 1_000]);
    let one = Sample::get().file("reads_1.fq.gz");
    bench.refused(&bench.germline(&[&one, &two]), DATA, &["r2.fq.gz", "cut"]);
}

#[test]
fn mates_that_do_not_fit() {
    let bench = Bench::new();
    let (one, two) = (reads(1), reads(2));
    let short = bench.write("short.fq", first(&one, 999));
    let long = bench.write("long.fq", first(&two, 1_000));
    bench.refused(&bench.germline(&[&short, &long]), DATA, &["short.fq", "long.fq", "999", "1000"]);
    let skipped: String = two.split_inclusive('\n').skip(4).take(4 * 999).collect();
    let shifted = bench.write("shifted.fq", skipped);
    bench.refused(&bench.germline(&[&short, &shifted]), DATA, &["shifted.fq", "record 1", "names"]);
    bench.refused(&bench.germline(&[&short, &short]), 2, &["short.fq", "both"]);
}

#[test]
fn records_that_are_damaged() {
    let bench = Bench::new();
    let good = first(&reads(1), 10);
    let mut lines: Vec<String> = good.lines().map(str::to_owned).collect();
    lines[4 * 6 + 3].pop();
    let uneven = bench.write("uneven.fq", lines.join("\n") + "\n");
    bench.refused(&bench.germline(&[&uneven]), DATA, &["uneven.fq", "record 7", "150", "149"]);
    let fasta = bench.write("reads.fa", ">r1\nACGT\n");
    bench.refused(&bench.germline(&[&fasta]), DATA, &["reads.fa", "FASTA"]);
    let bam = Sample::get().file("DEMO.bam");
    bench.refused(&bench.germline(&[&bam]), DATA, &["DEMO.bam", "is of sample DEMO, not X"]);
}

#[test]
fn inputs_that_are_not_there() {
    let bench = Bench::new();
    let nowhere = bench.dir.path().join("nowhere.fq.gz");
    let output = bench.germline(&[&nowhere]);
    bench.refused(&output, MISSING, &["nowhere.fq.gz"]);
    assert_eq!(said(&output).matches("No such file").count(), 1, "said once: {}", said(&output));
    let bam = text(&Sample::get().file("DEMO.bam"));
    let out = text(&bench.out().join("x.vcf.gz"));
    let output = rihla(["call", "--ref", "/nowhere/ref.fa", "--bam", &bam, "--out", &out]);
    bench.refused(&output, MISSING, &["/nowhere/ref.fa"]);
}

#[test]
fn indexes_that_do_not_fit() {
    let bench = Bench::new();
    let reads = bench.write("r.fq", first(&reads(1), 10));
    let fasta = bench.write("ref.fa", bytes(Sample::get().file("genome.fa")));
    let job = |extra: &[&str]| {
        let (fasta, reads, out) = (text(&fasta), text(&reads), text(&bench.out()));
        let args = ["germline", "--ref", &fasta, "--reads", &reads, "--sample", "X", "--out-dir", &out];
        rihla(args.iter().chain(extra))
    };
    let index = bench.write("ref.fa.rhx", "this is no index at all, but long enough to look at");
    bench.refused(&job(&[]), DATA, &["ref.fa.rhx", "rihla index"]);
    let good = bytes(Sample::get().file("genome.fa.rhx"));
    fs::write(&index, &good[..good.len() - 100]).expect("written");
    bench.refused(&job(&[]), DATA, &["ref.fa.rhx", "rihla index"]);
    let mut flipped = good.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    fs::write(&index, flipped).expect("written");
    bench.refused(&job(&[]), DATA, &["ref.fa.rhx", "corrupt", "rihla index"]);
    fs::write(&index, good).expect("written");
    fs::write(&fasta, ">chr1\nACGTACGTAC\n").expect("written");
    bench.refused(&job(&[]), DATA, &["ref.fa.rhx", "stale", "rihla index"]);
}

#[test]
fn damage_to_a_large_index_is_seen_before_any_output_has_its_name() {
    let bench = Bench::new();
    let reads = bench.write("r.fq", first(&reads(1), 10));
    let mut state = 1u64;
    let mut letter = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        b"ACGT"[(state >> 62) as usize]
    };
    // Large enough that its large sections are checked beside the work.
    let genome: Vec<u8> = b">chr1\n".iter().copied().chain((0..36_000_000).map(|_| letter())).collect();
    let fasta = text(&bench.write("ref.fa", genome));
    succeed(["index", &fasta]);
    let output = succeed(["index", "--check", &fasta]);
    assert!(said(&output).contains("sound, 1 contigs, 36,000,000 bases"), "{}", said(&output));
    let index = bench.dir.path().join("ref.fa.rhx");
    let good = bytes(&index);
    assert!(good.len() > 64 << 20, "{} bytes", good.len());
    let (reads, out) = (text(&reads), text(&bench.out().join("x.bam")));
    let align = ["align", "--ref", &fasta, "--reads", &reads, "--sample", "X", "--out", &out];
    succeed(align);
    fs::remove_file(bench.out().join("x.bam")).expect("written");
    fs::remove_file(bench.out().join("x.bam.bai")).expect("written");
    for place in [6_000_000, 14_000_000, good.len() - 9] {
        let mut flipped = good.clone();
        flipped[place] ^= 1;
        fs::write(&index, flipped).expect("written");
        bench.refused(&rihla(align), DATA, &["ref.fa.rhx", "corrupt", "rihla index"]);
        bench.refused(&rihla(["index", "--check", &fasta]), DATA, &["ref.fa.rhx", "corrupt"]);
    }
}

#[test]
fn a_missing_index_is_built_said_and_kept() {
    let bench = Bench::new();
    let reads = bench.write("r.fq", first(&reads(1), 10));
    let fasta = bench.write("ref.fa", bytes(Sample::get().file("genome.fa")));
    let (fasta, reads, out) = (text(&fasta), text(&reads), text(&bench.out()));
    let output = rihla(["germline", "--ref", &fasta, "--reads", &reads, "--sample", "X", "--out-dir", &out]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(said(&output).contains("ref.fa.rhx: not there yet; building it"), "{}", said(&output));
    assert!(bench.dir.path().join("ref.fa.rhx").is_file());
}

#[test]
fn an_index_that_cannot_be_written() {
    let bench = Bench::new();
    let reads = bench.write("r.fq", first(&reads(1), 10));
    let fasta = bench.write("ref.fa", bytes(Sample::get().file("genome.fa")));
    let (fasta, reads, out) = (text(&fasta), text(&reads), text(&bench.out()));
    // A folder that is not there stands for one without permission, which root would not notice.
    let args = ["germline", "--ref", &fasta, "--index", "/nowhere/ref.rhx", "--reads", &reads];
    let output = rihla(args.iter().chain(&["--sample", "X", "--out-dir", &out]));
    bench.refused(&output, CANNOT_CREATE, &["/nowhere/ref.rhx", "--index"]);
}

#[test]
fn regions_of_another_reference() {
    let bench = Bench::new();
    let bam = text(&Sample::get().file("DEMO.bam"));
    let reference = text(&Sample::get().file("genome.fa"));
    let out = text(&bench.out().join("x.vcf.gz"));
    let call = |bed: &Path| {
        rihla(["call", "--ref", &reference, "--bam", &bam, "--out", &out, "--regions", &text(bed)])
    };
    let ensembl = bench.write("ensembl.bed", "chr1\t5\t10\n1\t10\t20\n");
    bench.refused(&call(&ensembl), DATA, &["ensembl.bed", "line 2", "contig 1 ", "chr1"]);
    let unknown = bench.write("unknown.bed", "scaffold_9\t10\t20\n");
    bench.refused(&call(&unknown), DATA, &["unknown.bed", "line 1", "scaffold_9"]);
    let empty = bench.write("empty.bed", "# nothing\n");
    bench.refused(&call(&empty), DATA, &["empty.bed"]);
}

#[test]
fn bams_that_do_not_fit() {
    let bench = Bench::new();
    let reference = text(&Sample::get().file("genome.fa"));
    let out = text(&bench.out().join("x.vcf.gz"));
    let call =
        |reference: &str, bam: &Path| rihla(["call", "--ref", reference, "--bam", &text(bam), "--out", &out]);
    let whole = bytes(Sample::get().file("DEMO.bam"));
    let alone = bench.write("alone.bam", &whole);
    bench.refused(&call(&reference, &alone), MISSING, &["alone.bam", "samtools index"]);
    fs::copy(Sample::get().file("DEMO.bam.bai"), bench.dir.path().join("cut.bam.bai")).expect("copied");
    let cut = bench.write("cut.bam", &whole[..whole.len() / 2]);
    bench.refused(&call(&reference, &cut), DATA, &["cut.bam", "cut"]);
    // An index whose first bin has another number hides that bin's reads: no checksum tells, the counts do.
    let lossy = bench.write("lossy.bam", &whole);
    let mut index = bytes(Sample::get().file("DEMO.bam.bai"));
    index[12..16].copy_from_slice(&4_699u32.to_le_bytes());
    bench.write("lossy.bam.bai", &index);
    bench.refused(&call(&reference, &lossy), DATA, &["lossy.bam", "counts", "samtools index"]);
    let other = bench.write("other.fa", ">1\nACGTACGTACGTACGTACGTACGTACGTACGTACGTACGT\n");
    bench.refused(&call(&text(&other), &Sample::get().file("DEMO.bam")), DATA, &["DEMO.bam", "chr1", "1"]);
}

#[test]
fn writing_that_fails_midway() {
    // A limit on the size of files stands for a full disk: writes fail the same way.
    let bench = Bench::new();
    let args = Sample::get().germline(&bench.out());
    let script = "trap '' XFSZ; ulimit -f 400; exec \"$0\" \"$@\"";
    let output = Command::new("bash").args(["-c", script, env!("CARGO_BIN_EXE_rihla")]).args(args).output();
    bench.refused(&output.expect("bash runs"), IO, &[&text(&bench.out())]);
}

#[test]
fn outputs_that_are_inputs() {
    let bench = Bench::new();
    let reads = bench.write("reads.fq", first(&reads(1), 10));
    let fasta = bench.write("ref.fa", bytes(Sample::get().file("genome.fa")));
    let bam = bench.write("in.bam", bytes(Sample::get().file("DEMO.bam")));
    let (fasta, reads, bam) = (text(&fasta), text(&reads), text(&bam));
    let same = text(&bench.dir.path().join("out/../in.bam"));
    let before = [&fasta, &reads, &bam].map(bytes);
    bench.refused(&rihla(["index", &fasta, "--out", &fasta]), 2, &["ref.fa", "input"]);
    let align = rihla(["align", "--ref", &fasta, "--reads", &reads, "--sample", "S", "--out", &reads]);
    bench.refused(&align, 2, &["reads.fq", "input"]);
    bench.refused(&rihla(["call", "--ref", &fasta, "--bam", &bam, "--out", &same]), 2, &["in.bam", "input"]);
    bench.refused(&rihla(["call", "--ref", &fasta, "--bam", &bam, "--out", &fasta]), 2, &["ref.fa", "input"]);
    assert!(before == [&fasta, &reads, &bam].map(bytes), "the inputs are as they were");
}

#[test]
fn a_temporary_folder_that_is_not_there() {
    let bench = Bench::new();
    let args = Sample::get().germline(&bench.out()).into_iter();
    let output = rihla(args.chain(["--tmp-dir", "/nowhere/tmp"].map(str::to_owned)));
    bench.refused(&output, CANNOT_CREATE, &["/nowhere/tmp", "--tmp-dir"]);
}

#[test]
fn an_output_folder_that_cannot_be_made() {
    let bench = Bench::new();
    let file = bench.write("file", "");
    let output = rihla(Sample::get().germline(&file.join("below")));
    bench.refused(&output, CANNOT_CREATE, &["below"]);
}

#[test]
fn a_run_that_is_killed_leaves_no_final_name() {
    let bench = Bench::new();
    let mut child = bench.started();
    child.kill().expect("killed");
    child.wait().expect("ended");
    let left = names(&bench.out());
    assert!(left.iter().all(|name| name.ends_with(".part")), "{left:?}");
}

#[cfg(unix)]
#[test]
fn a_run_that_is_ended_cleans_up() {
    let bench = Bench::new();
    let mut child = bench.started();
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill runs").success());
    assert_eq!(child.wait().expect("ended").code(), Some(143));
    assert_eq!(names(&bench.out()), Vec::<String>::new());
}
