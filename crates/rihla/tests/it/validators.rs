//! Outside judges accept what we write.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;

use crate::harness::{Sample, bytes, peer, said, succeed};

fn accepts(program: &str, args: &[&OsStr]) -> Option<String> {
    let output = peer(program, args)?;
    assert!(output.status.success(), "{program}: {}", said(&output));
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn os(text: &str) -> &OsStr {
    OsStr::new(text)
}

#[test]
fn samtools_accepts_the_bam_and_its_index() {
    let bam = Sample::get().file("DEMO.bam");
    let bam = bam.as_os_str();
    if accepts("samtools", &[os("quickcheck"), os("-v"), bam]).is_none() {
        return;
    }
    let stats = accepts("samtools", &[os("idxstats"), bam]).expect("samtools is there");
    let mapped: u64 = stats.lines().filter_map(|line| line.split('\t').nth(2)?.parse::<u64>().ok()).sum();
    let all =
        accepts("samtools", &[os("view"), os("-c"), os("-F"), os("4"), bam]).expect("samtools is there");
    assert_eq!(mapped.to_string(), all.trim(), "mapped records by index and by reading");
    let region = accepts("samtools", &[os("view"), os("-c"), bam, os("chr2:20000-30000")]).expect("samtools");
    let scan = accepts(
        "samtools",
        &[os("view"), os("-c"), os("-e"), os("rname==\"chr2\" && pos<=30000 && endpos>=20000"), bam],
    );
    assert_eq!(Some(region), scan, "a region by index and by reading");
}

#[test]
fn picard_finds_no_error() {
    validate(&Sample::get().file("DEMO.bam"), &Sample::get().file("genome.fa"));
}

fn validate(bam: &Path, reference: &Path) {
    let input = format!("INPUT={}", bam.display());
    let reference = format!("REFERENCE_SEQUENCE={}", reference.display());
    let args = ["ValidateSamFile", &input, &reference, "MODE=SUMMARY", "IGNORE_WARNINGS=true", "QUIET=true"];
    let Some(output) = peer("PicardCommandLine", &args.map(os)) else { return };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("No errors found"), "{text}{}", said(&output));
}

#[test]
fn picard_marks_the_same_duplicates() {
    let dir = tempfile::tempdir().expect("a folder");
    let bam = Sample::get().file("DEMO.bam");
    let (marked, metrics) = (dir.path().join("marked.bam"), dir.path().join("metrics.txt"));
    // Picard judges anew, whatever flags there are.
    let args = [
        "MarkDuplicates".to_owned(),
        format!("INPUT={}", bam.display()),
        format!("OUTPUT={}", marked.display()),
        format!("METRICS_FILE={}", metrics.display()),
        "VALIDATION_STRINGENCY=SILENT".to_owned(),
        "QUIET=true".to_owned(),
    ];
    let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
    let Some(output) = peer("PicardCommandLine", &args) else { return };
    assert!(output.status.success(), "{}", said(&output));
    let flags = |bam: &Path| -> Option<Vec<String>> {
        let text = accepts("samtools", &[os("view"), bam.as_os_str()])?;
        Some(text.lines().map(|line| line.split('\t').take(4).collect::<Vec<_>>().join("\t")).collect())
    };
    let (Some(ours), Some(theirs)) = (flags(&bam), flags(&marked)) else { return };
    assert_eq!(ours.len(), theirs.len());
    let differing = ours.iter().zip(&theirs).find(|(ours, theirs)| ours != theirs);
    assert_eq!(differing, None);
    let table = |path: &Path| -> Vec<String> {
        let text = String::from_utf8(bytes(path)).expect("text");
        let lines = text.lines().skip_while(|line| !line.starts_with("LIBRARY")).take(2);
        lines.map(|line| line.trim_end().to_owned()).collect()
    };
    assert_eq!(table(&Sample::get().file("DEMO.duplicate_metrics.txt")), table(&metrics));
}

/// The sample's genome with an alternate locus, and pairs of which some are of that, some broken, some of
/// one mate only.
struct Splits {
    dir: TempDir,
}

impl Splits {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        let genome = fs::read_to_string(Sample::get().file("genome.fa")).expect("a genome");
        let first = genome.split('>').nth(1).and_then(|contig| contig.split_once('\n')).expect("a contig").1;
        let mut alternate: Vec<char> =
            first.lines().collect::<String>().chars().skip(20_000).take(8_000).collect();
        for base in alternate.iter_mut().skip(20).step_by(40) {
            *base = if *base == 'A' { 'C' } else { 'A' };
        }
        let alternate: String = alternate.into_iter().collect();
        fs::write(dir.path().join("ref.fa"), format!("{genome}>other\n{alternate}\n")).expect("written");
        fs::write(dir.path().join("ref.fa.alt"), "other\t0\tchr1\t20001\t60\t8000M\n").expect("written");
        let this = Self { dir };
        for (at, name) in ["reads_1.fq", "reads_2.fq"].into_iter().enumerate() {
            fs::write(this.file(name), Self::reads(at, &alternate)).expect("written");
        }
        this
    }

    fn reads(mate: usize, alternate: &str) -> String {
        let path = Sample::get().file(["reads_1.fq.gz", "reads_2.fq.gz"][mate]);
        let mut text = String::new();
        MultiGzDecoder::new(&bytes(path)[..]).read_to_string(&mut text).expect("whole gzip");
        let sequences: Vec<&str> = text.lines().skip(1).step_by(4).take(3_000).collect();
        let mut out = String::new();
        for (i, sequence) in sequences.iter().enumerate() {
            let other = sequences[(i + 500) % sequences.len()];
            let sequence = match i % 10 {
                // A break within the read.
                0 if i % 20 == 10 * mate => format!("{}{}", &sequence[..80], &other[80..]),
                // A mate that is nowhere.
                1 if mate == 1 => "ACGGT".repeat(30),
                2 => alternate[i..i + 150].to_owned(),
                _ => (*sequence).to_owned(),
            };
            let quality = "I".repeat(sequence.len());
            out += &format!("@t{i}\n{sequence}\n+\n{quality}\n");
        }
        out
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn align(&self, more: &[&str]) -> PathBuf {
        let out = self.file(&format!("out{}.bam", more.join("")));
        let [reference, one, two] = ["ref.fa", "reads_1.fq", "reads_2.fq"].map(|name| self.file(name));
        let (flag, of) =
            (|text: &'static str| OsStr::new(text), |path: &'_ PathBuf| path.clone().into_os_string());
        let mut args = vec![flag("align").to_owned(), flag("--ref").to_owned(), of(&reference)];
        args.extend([flag("--reads").to_owned(), of(&one), of(&two), flag("--sample").to_owned()]);
        args.extend([flag("S").to_owned(), flag("--out").to_owned(), of(&out)]);
        args.extend(more.iter().map(|&arg| OsStr::new(arg).to_owned()));
        succeed(args);
        out
    }
}

#[test]
fn split_reads_and_alternate_loci_are_valid_in_every_form() {
    let splits = Splits::new();
    for more in [&[][..], &["--supplementary-clips", "hard"], &["--mark-splits-secondary"]] {
        let bam = splits.align(more);
        let count = |filter: &str| -> Option<usize> {
            let args = [os("view"), os("-c"), os("-e"), os(filter), bam.as_os_str()];
            accepts("samtools", &args)?.trim().parse().ok()
        };
        let Some(pieces) = count("[SA] && (flag.supplementary || flag.secondary)") else { return };
        assert!(pieces > 200, "{more:?}: {pieces} further pieces");
        let secondary = count("flag.secondary").expect("samtools");
        assert_eq!(secondary, if more == ["--mark-splits-secondary"] { pieces } else { 0 });
        let hard = count("cigar =~ \"H\"").expect("samtools");
        assert_eq!(hard > 100, more.len() == 2, "{more:?}: {hard} hard-clipped");
        assert!(count("[pa] && rname == \"chr1\"").expect("samtools") > 50);
        assert!(count("[XA] =~ \"other\"").expect("samtools") > 10);
        accepts("samtools", &[os("quickcheck"), os("-v"), bam.as_os_str()]);
        validate(&bam, &splits.file("ref.fa"));
        let reference = splits.file("ref.fa");
        let calmd = [os("calmd"), bam.as_os_str(), reference.as_os_str()];
        let output = peer("samtools", &calmd).expect("samtools");
        assert!(!said(&output).contains("different"), "NM and MD: {}", said(&output));
    }
}

#[test]
fn bcftools_accepts_the_vcf() {
    let (vcf, reference) = (Sample::get().file("DEMO.vcf.gz"), Sample::get().file("genome.fa"));
    let (vcf, reference) = (vcf.as_os_str(), reference.as_os_str());
    let norm = [
        os("norm"),
        os("--check-ref"),
        os("e"),
        os("--fasta-ref"),
        reference,
        vcf,
        os("--output"),
        os("/dev/null"),
    ];
    let Some(output) = peer("bcftools", &norm) else { return };
    assert!(output.status.success(), "{}", said(&output));
    // "Lines total/split/joined/realigned/...": nothing had to be moved or rewritten.
    let summary = said(&output);
    let counts = summary.lines().find(|line| line.starts_with("Lines")).expect("a summary");
    let numbers: Vec<u64> = counts
        .split_ascii_whitespace()
        .last()
        .expect("counts")
        .split('/')
        .map(|number| number.parse().expect("a number"))
        .collect();
    assert!(numbers[0] > 100, "records: {counts}");
    assert!(numbers[1..].iter().all(|&number| number == 0), "records are normalized: {counts}");
    let stats = accepts("bcftools", &[os("stats"), vcf]).expect("bcftools is there");
    assert!(stats.contains("number of SNPs:"), "{stats}");
    let region = accepts("bcftools", &[os("view"), os("-H"), vcf, os("chr1:1-100000")]).expect("bcftools");
    assert!(region.lines().count() > 10, "the index finds records");
}

#[test]
fn outputs_have_their_indexes() {
    for name in ["DEMO.bam.bai", "DEMO.vcf.gz.tbi", "truth.vcf.gz.tbi", "genome.fa.rhx"] {
        assert!(Path::new(&Sample::get().file(name)).is_file(), "{name}");
    }
}
