//! A run in parts, and the parts put together: the bytes of the run in one.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;

use crate::harness::{Sample, bytes, names, rihla, said, succeed};
use crate::sexes;

/// Calls of one BAM in parts and in one.
struct Scattered {
    dir: TempDir,
    reference: PathBuf,
    bam: PathBuf,
    /// Options of `rihla call`.
    options: Vec<String>,
    /// What the names of outputs end with: of the VCF and of the gVCF.
    forms: [&'static str; 2],
}

const TEXT: [&str; 2] = ["vcf.gz", "g.vcf.gz"];
const BINARY: [&str; 2] = ["bcf", "g.bcf"];

impl Scattered {
    fn new(reference: PathBuf, bam: PathBuf, options: &[&str], forms: [&'static str; 2]) -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let options = options.iter().map(|&option| option.to_owned()).collect();
        let run = Self { dir, reference, bam, options, forms };
        run.call("whole", &[]);
        run
    }

    fn of_sample(options: &[&str], forms: [&'static str; 2]) -> Self {
        Self::new(Sample::get().file("genome.fa"), Sample::get().file("DEMO.bam"), options, forms)
    }

    fn file(&self, name: impl AsRef<Path>) -> PathBuf {
        self.dir.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.file(name).to_string_lossy().into_owned()
    }

    fn call(&self, name: &str, more: &[&str]) {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let [vcf, gvcf] = self.forms.map(|form| self.text(&format!("{name}.{form}")));
        let (reference, bam) = (text(&self.reference), text(&self.bam));
        let args = ["call", "-q", "--ref", &reference, "--bam", &bam, "--out", &vcf, "--gvcf", &gvcf];
        let options = self.options.iter().map(String::as_str);
        succeed(args.into_iter().chain(options).chain(more.iter().copied()));
    }

    /// Cuts the genome; gives the parts' names.
    fn scatter(&self, parts: usize, more: &[&str]) -> Vec<String> {
        let (reference, dir) =
            (self.reference.to_string_lossy().into_owned(), self.text(&format!("beds-{parts}")));
        let args = ["scatter", "-q", "--ref", &reference, "-n", &parts.to_string(), "--out-dir", &dir];
        succeed(args.iter().chain(more));
        let found = names(Path::new(&dir));
        assert_eq!(found.len(), parts);
        found
            .iter()
            .map(|name| format!("beds-{parts}/{}", name.strip_suffix(".bed").expect("a BED")))
            .collect()
    }

    /// Calls the parts whose BEDs are there.
    fn call_parts(&self, parts: &[String]) {
        parts.iter().for_each(|part| self.call(part, &["--part", &self.text(&format!("{part}.bed"))]));
    }

    fn gather(&self, parts: &[String], form: &str, out: &str) -> std::process::Output {
        let parts: Vec<String> = parts.iter().map(|part| self.text(&format!("{part}.{form}"))).collect();
        let out = self.text(out);
        rihla(["gather", "-q", "--out", &out].into_iter().chain(parts.iter().map(String::as_str)))
    }

    /// Puts the parts together and compares files and indexes with those of the run in one.
    fn compare(&self, parts: &[String]) {
        for form in self.forms {
            let (out, whole) = (format!("gathered.{form}"), format!("whole.{form}"));
            let output = self.gather(parts, form, &out);
            assert!(output.status.success(), "{}", said(&output));
            let index = if form.ends_with("bcf") { "csi" } else { "tbi" };
            for end in [String::new(), format!(".{index}")] {
                let same =
                    bytes(self.file(format!("{out}{end}"))) == bytes(self.file(format!("{whole}{end}")));
                assert!(same, "{} parts: {form}{end} differs", parts.len());
            }
        }
    }

    /// The lines of a file of the run in one.
    fn lines(&self, form: &str) -> Vec<String> {
        let mut text = String::new();
        let path = self.file(format!("whole.{form}"));
        MultiGzDecoder::new(&bytes(path)[..]).read_to_string(&mut text).expect("whole gzip");
        text.lines().map(str::to_owned).collect()
    }
}

#[test]
fn any_number_of_parts_makes_the_bytes_of_the_whole() {
    let run = Scattered::of_sample(&[], TEXT);
    for number in [2, 3, 7] {
        let mut parts = run.scatter(number, &[]);
        run.call_parts(&parts);
        // The order in which they are named does not matter.
        parts.rotate_left(1);
        run.compare(&parts);
    }
    let weighed = run.scatter(4, &["--bam", &run.bam.to_string_lossy()]);
    run.call_parts(&weighed);
    run.compare(&weighed);
}

#[test]
fn parts_in_bcf_make_the_bytes_of_the_whole() {
    let run = Scattered::of_sample(&["--gvcf-gq-bands", "20,60", "--max-mnp-distance", "1"], BINARY);
    let parts = run.scatter(3, &[]);
    run.call_parts(&parts);
    run.compare(&parts);
    // Parts in VCF make the BCF too; those in BCF, which has shorter floats, no VCF.
    let text = Scattered::of_sample(&["--gvcf-gq-bands", "20,60", "--max-mnp-distance", "1"], TEXT);
    let halves = text.scatter(2, &[]);
    text.call_parts(&halves);
    for form in ["vcf.gz", "g.vcf.gz"] {
        let name = form.replace("vcf.gz", "bcf");
        let output = text.gather(&halves, form, &format!("made.{name}"));
        assert!(output.status.success(), "{}", said(&output));
        assert!(
            bytes(text.file(format!("made.{name}"))) == bytes(run.file(format!("whole.{name}"))),
            "{name}"
        );
    }
    let output = run.gather(&parts, "bcf", "odd.vcf.gz");
    assert_eq!(output.status.code(), Some(2), "{}", said(&output));
    assert!(!run.file("odd.vcf.gz").exists());
}

/// Contigs and their lengths, as the header says.
fn contigs(lines: &[String]) -> Vec<(String, usize)> {
    let contig = |line: &String| {
        let (name, rest) = line.strip_prefix("##contig=<ID=")?.split_once(",length=")?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some((name.to_owned(), digits.parse().ok()?))
    };
    lines.iter().filter_map(contig).collect()
}

/// Two parts that hold the stretches between cuts by turns.
fn by_turns(run: &Scattered, cuts: &[(String, usize)]) -> Vec<String> {
    let mut parts = [String::new(), String::new()];
    let mut number = 0;
    for (contig, length) in contigs(&run.lines("g.vcf.gz")) {
        let mut here: Vec<usize> = cuts.iter().filter(|cut| cut.0 == contig).map(|cut| cut.1).collect();
        here.extend([0, length]);
        here.sort_unstable();
        here.dedup();
        for pair in here.windows(2) {
            parts[number % 2].push_str(&format!("{contig}\t{}\t{}\n", pair[0], pair[1]));
            number += 1;
        }
    }
    let names = ["odd", "even"].map(str::to_owned);
    names.iter().zip(&parts).for_each(|(name, text)| {
        fs::write(run.file(format!("{name}.bed")), text).expect("written");
    });
    names.into()
}

#[test]
fn cuts_may_lie_in_deletions_and_blocks() {
    let run = Scattered::of_sample(&[], TEXT);
    let (mut cuts, mut deletions, mut blocks) = (Vec::new(), 0, 0);
    for line in run.lines("g.vcf.gz").iter().filter(|line| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        let start: usize = fields[1].parse::<usize>().expect("a position") - 1;
        let end = fields[7].strip_prefix("END=").map(|end| end.parse::<usize>().expect("a position"));
        match end {
            // Between any of the bases that it takes, or right before it.
            None if fields[3].len() > 1 => {
                deletions += 1;
                cuts.push((fields[0].to_owned(), start + deletions % (fields[3].len() + 1)));
            }
            Some(end) if end > start + 40 => {
                blocks += 1;
                if blocks % 20 == 0 {
                    cuts.push((fields[0].to_owned(), start + 1 + blocks % 39));
                }
            }
            _ => {}
        }
    }
    assert!(deletions > 10 && blocks > 200, "{deletions} deletions, {blocks} blocks");
    let parts = by_turns(&run, &cuts);
    run.call_parts(&parts);
    run.compare(&parts);
}

#[test]
fn targets_are_cut_as_the_genome_is() {
    let sample = tempfile::tempdir().expect("a folder");
    let targets = sample.path().join("targets.bed");
    let lines: Vec<String> = (0..60)
        .map(|i| format!("chr{}\t{}\t{}\n", 1 + i % 2, 1_000 + 1_400 * i, 1_700 + 1_400 * i))
        .collect();
    fs::write(&targets, lines.concat()).expect("written");
    let targets = targets.to_string_lossy().into_owned();
    let run = Scattered::of_sample(&["--regions", &targets], TEXT);
    let parts = run.scatter(7, &["--regions", &targets]);
    let first = fs::read_to_string(run.file("beds-7/part_0001.bed")).expect("a part");
    assert!(first.starts_with("chr1\t0\t"), "{first}");
    run.call_parts(&parts);
    run.compare(&parts);
    // Cuts in the middle of targets, a few bases apart.
    let cuts: Vec<(String, usize)> =
        (0..60).map(|i| (format!("chr{}", 1 + i % 2), 1_003 + 1_400 * i + 11 * (i % 40))).collect();
    let parts = by_turns(&run, &cuts);
    run.call_parts(&parts);
    run.compare(&parts);
}

#[test]
fn sex_chromosomes_and_the_mitochondrion_are_cut_too() {
    let bench = sexes::Bench::new();
    let par = bench.text("par.bed");
    bench.germline("male", "out", &["--par", &par, "-q"]);
    let run = Scattered::new(bench.path("ref.fa"), bench.path("out/S.bam"), &["--par", &par], TEXT);
    let cuts = [
        ("chrX", 19_990),
        ("chrX", 20_000),
        ("chrX", 50_000),
        ("chrY", 20_000),
        ("chrY", 30_000),
        ("chrM", 8_000),
    ];
    let parts = by_turns(&run, &cuts.map(|(contig, at)| (contig.to_owned(), at)));
    run.call_parts(&parts);
    run.compare(&parts);
}

#[test]
fn parts_that_make_no_whole_are_refused() {
    let run = Scattered::of_sample(&[], TEXT);
    let parts = run.scatter(3, &[]);
    run.call_parts(&parts);
    let refused = |parts: &[String], code: i32, words: &[&str]| {
        let output = run.gather(parts, "vcf.gz", "refused.vcf.gz");
        let text = said(&output);
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(text.lines().count() == 1 && words.iter().all(|word| text.contains(word)), "{text}");
        assert!(!names(run.dir.path()).iter().any(|name| name.starts_with("refused")), "{text}");
    };
    let named = |name: &str| vec![parts[0].clone(), parts[1].clone(), name.to_owned()];
    refused(&parts[..2], 65, &["no part has", "give all parts"]);
    refused(&[&parts[..], &["beds-3/part_0001".to_owned()]].concat(), 2, &["given twice"]);
    refused(&named("absent"), 66, &["absent.vcf.gz"]);
    refused(&named("whole"), 65, &["whole.vcf.gz", "--part"]);
    // Another scatter, other options, another sample, other reads under the same names.
    let last = run.text("beds-3/part_0003.bed");
    let others = run.scatter(2, &[]);
    run.call_parts(&others[1..]);
    refused(&named("beds-2/part_0002"), 65, &["holds", "as does"]);
    run.call("options", &["--part", &last, "--max-mnp-distance", "2"]);
    refused(&named("options"), 65, &["other options", "--max-mnp-distance 2"]);
    run.call("named", &["--part", &last, "--sample", "OTHER"]);
    refused(&named("named"), 65, &["named.vcf.gz", "another run"]);
    let output = run.gather(
        &named("beds-3/part_0003").iter().rev().cloned().collect::<Vec<_>>(),
        "vcf.gz",
        "fine.vcf.gz",
    );
    assert!(output.status.success(), "{}", said(&output));
    // A record that is not the part's, and a file that was cut.
    let part = fs::read(run.file("beds-3/part_0003.vcf.gz")).expect("a part");
    fs::write(run.file("cut.vcf.gz"), &part[..part.len() - 28]).expect("written");
    refused(&named("cut"), 65, &["cut.vcf.gz", "cut off"]);
    let mut text = String::new();
    MultiGzDecoder::new(&part[..]).read_to_string(&mut text).expect("whole gzip");
    let moved: Vec<&str> = text.lines().filter(|line| !line.starts_with("chr3")).collect();
    fs::write(run.file("moved.vcf.gz"), moved.join("\n") + "\nchr1\t5\t.\tA\tC\t9\tPASS\tDP=3\tGT\t0/1\n")
        .expect("written");
    refused(&named("moved"), 65, &["moved.vcf.gz", "chr1:5"]);
    // The same names with other reads: what was learnt of them differs.
    let (bam, index) = (run.file("same.bam"), run.file("same.bam.bai"));
    fs::copy(&run.bam, &bam).and(fs::copy(run.bam.with_extension("bam.bai"), &index)).expect("copied");
    let other = Scattered::new(run.reference.clone(), bam.clone(), &[], TEXT);
    let parts = other.scatter(2, &[]);
    other.call_parts(&parts[..1]);
    let thin = tempfile::tempdir().expect("a folder");
    let args = Sample::get().germline(thin.path());
    let reads: Vec<&str> =
        args.iter().map(String::as_str).filter(|arg| !arg.ends_with("reads_2.fq.gz")).collect();
    succeed(reads);
    fs::copy(thin.path().join("DEMO.bam"), &bam)
        .and(fs::copy(thin.path().join("DEMO.bam.bai"), &index))
        .expect("copied");
    other.call_parts(&parts[1..]);
    let output = other.gather(&parts, "vcf.gz", "refused.vcf.gz");
    assert!(output.status.code() == Some(65) && said(&output).contains("another reads"), "{}", said(&output));
}

#[test]
fn stale_parts_and_too_many_are_refused() {
    let run = Scattered::of_sample(&[], TEXT);
    run.scatter(3, &[]);
    let (reference, dir) = (run.reference.to_string_lossy().into_owned(), run.text("beds-3"));
    let output = rihla(["scatter", "--ref", &reference, "-n", "2", "--out-dir", &dir]);
    assert!(output.status.code() == Some(73) && said(&output).contains("part_0003.bed"), "{}", said(&output));
    let few = run.file("few.bed");
    fs::write(&few, "chr1\t10\t15\n").expect("written");
    let few = few.to_string_lossy().into_owned();
    let output = rihla(["scatter", "--ref", &reference, "-n", "6", "--out-dir", &dir, "--regions", &few]);
    assert!(output.status.code() == Some(2) && said(&output).contains("fewer parts"), "{}", said(&output));
}

/// Writes the reads of one end as those of two lanes.
fn split(reads: &Path, lanes: [&Path; 2]) {
    let mut text = String::new();
    MultiGzDecoder::new(&bytes(reads)[..]).read_to_string(&mut text).expect("whole gzip");
    let lines: Vec<&str> = text.lines().collect();
    let middle = lines.len() / 8 * 4;
    for (lane, lines) in lanes.into_iter().zip([&lines[..middle], &lines[middle..]]) {
        fs::write(lane, lines.join("\n") + "\n").expect("written");
    }
}

/// The records of a BAM: what follows upon the header and the list of contigs.
fn records_of_bam(path: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    MultiGzDecoder::new(&bytes(path)[..]).read_to_end(&mut all).expect("whole gzip");
    let number = |at: usize| u32::from_le_bytes([0, 1, 2, 3].map(|i| all[at + i])) as usize;
    let mut at = 8 + number(4);
    let contigs = number(at);
    at += 4;
    for _ in 0..contigs {
        at += 8 + number(at);
    }
    all.split_off(at)
}

fn records_of_vcf(path: &Path) -> Vec<String> {
    let mut text = String::new();
    MultiGzDecoder::new(&bytes(path)[..]).read_to_string(&mut text).expect("whole gzip");
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn lanes_aligned_apart_give_the_records_of_all_at_once() {
    let (sample, dir) = (Sample::get(), tempfile::tempdir().expect("a folder"));
    let file = |name: &str| dir.path().join(name);
    let text = |name: &str| file(name).to_string_lossy().into_owned();
    for mate in ["1", "2"] {
        let lanes = ["a", "b"].map(|lane| file(&format!("{lane}_{mate}.fq")));
        split(&sample.file(&format!("reads_{mate}.fq.gz")), [&lanes[0], &lanes[1]]);
    }
    let reference = sample.file("genome.fa").to_string_lossy().into_owned();
    let [a1, a2, b1, b2] = ["a_1.fq", "a_2.fq", "b_1.fq", "b_2.fq"].map(text);
    let common = ["-q", "--ref", &reference];
    let named = ["--sample", "DEMO"];
    let (whole, apart) = (text("whole"), text("apart"));
    let reads = ["germline", "--gvcf", "--out-dir", &whole, "--reads", &a1, &a2, "--reads", &b1, &b2];
    succeed(reads.iter().chain(&common).chain(&named));
    let (a, b) = (text("a.bam"), text("b.bam"));
    for (bam, one, two) in [(&a, &a1, &a2), (&b, &b1, &b2)] {
        let align = ["align", "--order", "input", "--out", bam, "--reads", one, two];
        succeed(align.iter().chain(&common).chain(&named));
    }
    let taken = ["germline", "--from", "bam", "--gvcf", "--out-dir", &apart, "--reads", &a, "--reads", &b];
    succeed(taken.iter().chain(&common));
    let both = |name: &str| [file("whole").join(name), file("apart").join(name)];
    let [one, two] = both("DEMO.bam").map(|path| records_of_bam(&path));
    assert!(one.len() > 1_000_000 && one == two, "records of the BAM differ");
    for name in ["DEMO.vcf.gz", "DEMO.g.vcf.gz"] {
        let [one, two] = both(name).map(|path| records_of_vcf(&path));
        assert!(one.len() > 300 && one == two, "records of {name} differ");
    }
}
