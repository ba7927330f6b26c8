//! Files in the form of other programs are what those programs write of the same alignments and variants.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;

use crate::harness::{MultiQc, Sample, bytes, names, peer, said, succeed};

/// A sample of which few reads are well-behaved, called in regions.
struct Rough {
    dir: TempDir,
}

impl Rough {
    fn get() -> &'static Self {
        static ROUGH: OnceLock<Rough> = OnceLock::new();
        ROUGH.get_or_init(|| {
            let this = Self { dir: tempfile::tempdir().expect("a folder") };
            let pairs = this.pairs();
            for (mate, name) in ["reads_1.fq", "reads_2.fq"].into_iter().enumerate() {
                let reads = pairs.iter().enumerate().map(|(i, pair)| {
                    let (bases, qualities) = &pair[mate];
                    format!("@t{i}\n{bases}\n+\n{qualities}\n")
                });
                fs::write(this.file(name), reads.collect::<String>()).expect("written");
            }
            fs::write(this.file("regions.bed"), "chr1\t5000\t40000\nchr2\t100\t20000\nchr2\t30000\t30500\n")
                .expect("written");
            this.germline("out", &["--regions", &text(&this.file("regions.bed"))]);
            this
        })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The genome with samtools' index beside it.
    fn indexed_genome(&self) -> PathBuf {
        let path = self.file("genome.fa");
        fs::copy(Sample::get().file("genome.fa"), &path).expect("copied");
        peer("samtools", &[OsStr::new("faidx"), path.as_os_str()])
            .expect("samtools is there where Picard is");
        path
    }

    /// The regions as Picard wants them.
    fn intervals(&self) -> PathBuf {
        let path = self.file("regions.interval_list");
        let contigs =
            read(Sample::get().file("genome.fa")).split('>').skip(1).fold(String::new(), |text, contig| {
                let (name, letters) = contig.split_once('\n').expect("a contig");
                let length = letters.bytes().filter(u8::is_ascii_alphabetic).count();
                text + &format!("@SQ\tSN:{}\tLN:{length}\n", name.split(' ').next().expect("a name"))
            });
        let lines = read(self.file("regions.bed")).lines().fold(String::new(), |text, line| {
            let [contig, start, end] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("three columns")
            };
            text + &format!("{contig}\t{}\t{end}\t+\tr\n", start.parse::<u32>().expect("a number") + 1)
        });
        fs::write(&path, format!("@HD\tVN:1.6\n{contigs}{lines}")).expect("written");
        path
    }

    fn germline(&self, out: &str, more: &[&str]) {
        let genome = text(&Sample::get().file("genome.fa"));
        let [one, two, out] = ["reads_1.fq", "reads_2.fq", out].map(|name| text(&self.file(name)));
        let args =
            ["germline", "--ref", &genome, "--reads", &one, &two, "--sample", "ROUGH", "--out-dir", &out];
        succeed(args.iter().chain(more));
    }

    /// Bases and qualities of pairs.
    fn pairs(&self) -> Vec<[(String, String); 2]> {
        let [ones, twos] = ["reads_1.fq.gz", "reads_2.fq.gz"].map(reads);
        let count = ones.len().min(8_000);
        let pairs = (0..count).map(|i| {
            let ((mut one, mut one_quality), (mut two, mut two_quality)) = (ones[i].clone(), twos[i].clone());
            let other = &ones[(i + 700) % count].0;
            match i % 16 {
                // A break within the read; the piece behind it may be of the same place, turned.
                0 => one.replace_range(80.., &other[80..]),
                1 => one.replace_range(75.., &turned(&one[..75])),
                // A mate that is nowhere, or adapter; both that are nowhere.
                2 => two = "ACGGT".repeat(30),
                3 => two.replace_range(..60, &ADAPTER[..60]),
                4 => two = format!("{}{}", &ADAPTER[..60], "T".repeat(90)),
                5 => (one, two) = ("ACGGT".repeat(30), "CATTG".repeat(30)),
                // Bases that are not known, with a quality or without one.
                6 => one.replace_range(20..23, "NNN"),
                7 => one_quality.replace_range(40..60, &"#".repeat(20)),
                // Mates that cover one another; lengths that differ from pair to pair.
                8 => {
                    one = one[..140].to_owned();
                    (one_quality, two_quality) =
                        (one_quality[..140].to_owned(), two_quality[..140].to_owned());
                    two = turned(&one);
                }
                9 => two = turned(&one),
                // A mate of another place, or on the same strand.
                10 => two = other.clone(),
                11 => two = turned(&two),
                // Duplicates.
                12 => (one, two) = (ones[12].0.clone(), twos[12].0.clone()),
                _ => {}
            }
            [(one, one_quality), (two, two_quality)]
        });
        pairs.collect()
    }
}

const ADAPTER: &str = "AGATCGGAAGAGCACACGTCTGAACTCCAGTCACATCACGATCTCGTATGCCGTCTTCTGCTTG";

/// Bases and qualities of the sample's reads.
fn reads(name: &str) -> Vec<(String, String)> {
    let mut text = String::new();
    MultiGzDecoder::new(&bytes(Sample::get().file(name))[..]).read_to_string(&mut text).expect("whole gzip");
    let lines: Vec<&str> = text.lines().collect();
    lines.chunks_exact(4).map(|read| (read[1].to_owned(), read[3].to_owned())).collect()
}

/// The reverse complement.
fn turned(bases: &str) -> String {
    let complement = |base| match base {
        'A' => 'T',
        'C' => 'G',
        'G' => 'C',
        'T' => 'A',
        other => other,
    };
    bases.chars().rev().map(complement).collect()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn read(path: impl AsRef<Path>) -> String {
    String::from_utf8(bytes(path)).expect("text")
}

fn lines_of<'a>(text: &'a str, prefix: &'a str) -> Vec<&'a str> {
    text.lines().filter(|line| line.starts_with(prefix)).collect()
}

/// A folder, its sample, and what the alignments there are called.
fn samples() -> [(PathBuf, &'static str); 2] {
    let demo = Sample::get().file("DEMO.bam");
    [(demo.parent().expect("a folder").to_owned(), "DEMO"), (Rough::get().file("out"), "ROUGH")]
}

fn samtools(command: &str, bam: &Path) -> Option<String> {
    let output = peer("samtools", &[OsStr::new(command), bam.as_os_str()])?;
    assert!(output.status.success(), "{}", said(&output));
    Some(String::from_utf8(output.stdout).expect("text"))
}

fn check_samtools(folder: &Path, sample: &str) {
    let bam = folder.join(format!("{sample}.bam"));
    let ours = |form: &str| read(folder.join(format!("{sample}.bam.{form}")));
    let Some(theirs) = samtools("flagstat", &bam) else { return };
    assert_eq!(ours("flagstat"), theirs, "{sample}");
    assert_eq!(Some(ours("idxstats")), samtools("idxstats", &bam), "{sample}");
    let (ours, theirs) = (ours("stats"), samtools("stats", &bam).expect("samtools is there"));
    for (one, two) in lines_of(&ours, "SN").into_iter().zip(lines_of(&theirs, "SN")) {
        // Later versions have more remarks.
        let fields = |line: &str| line.split('\t').take(3).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(fields(one), fields(two), "{sample}");
    }
    assert_eq!(lines_of(&ours, "SN").len(), lines_of(&theirs, "SN").len());
    assert_eq!(lines_of(&ours, "IS"), lines_of(&theirs, "IS"), "{sample}");
}

#[test]
fn samtools_counts_the_same() {
    for (folder, sample) in samples() {
        check_samtools(&folder, sample);
    }
    // What is left out is not counted.
    let rough = Rough::get();
    rough.germline("removed", &["--remove-duplicates"]);
    check_samtools(&rough.file("removed"), "ROUGH");
    let numbers = read(Rough::get().file("out/ROUGH.bam.flagstat"));
    for line in ["0 + 0 supplementary", "0 + 0 duplicates", "0 + 0 singletons"] {
        assert!(!numbers.contains(line), "the sample has them: {numbers}");
    }
}

/// Runs mosdepth, which opens `libhts.so`, a name that only htslib's development package gives to its library.
fn mosdepth(dir: &Path, args: &[&str]) -> Option<Output> {
    let places = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];
    let library =
        places.map(|place| Path::new(place).join("libhts.so.3")).into_iter().find(|path| path.is_file());
    #[cfg(unix)]
    if let Some(library) = library {
        std::os::unix::fs::symlink(library, dir.join("libhts.so")).expect("linked");
    }
    let output = Command::new("mosdepth").args(args).env("LD_LIBRARY_PATH", dir).output();
    let missing = |output: &Output| said(output).contains("could not load");
    let output = output.ok().filter(|output| !missing(output));
    if output.is_none() {
        eprintln!("skipped: mosdepth is not installed, or not the library that it opens");
    }
    output
}

#[test]
fn mosdepth_sees_the_same_depths() {
    for (folder, sample) in samples() {
        let dir = tempfile::tempdir().expect("a folder");
        let (prefix, bam) = (text(&dir.path().join("m")), text(&folder.join(format!("{sample}.bam"))));
        let regions = text(&Rough::get().file("regions.bed"));
        let by: &[&str] = if sample == "ROUGH" { &["--by", &regions] } else { &[] };
        let Some(output) = mosdepth(dir.path(), &[by, &[&prefix, &bam]].concat()) else { return };
        assert!(output.status.success(), "{}", said(&output));
        let files: Vec<String> =
            names(dir.path()).into_iter().filter(|name| name.contains(".mosdepth.")).collect();
        assert_eq!(files.len(), if by.is_empty() { 2 } else { 3 });
        for file in files {
            let ours = file.replace("m.mosdepth", &format!("{sample}.mosdepth"));
            assert_eq!(read(folder.join(ours)), read(dir.path().join(&file)), "{sample}: {file}");
        }
    }
}

/// What Picard writes, without its head; a stand-in for R is there, which it asks for but does not need here.
fn picard(tool: &str, bam: &Path) -> Option<String> {
    let dir = tempfile::tempdir().expect("a folder");
    let out = |name: &str| dir.path().join(name);
    fs::write(out("Rscript"), "#!/bin/sh\nexit 0\n").expect("written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(out("Rscript"), fs::Permissions::from_mode(0o755)).expect("made executable");
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new("PicardCommandLine");
    command.env("PATH", format!("{}:{path}", text(dir.path())));
    command.args([tool, "QUIET=true", "VERBOSITY=ERROR", "VALIDATION_STRINGENCY=SILENT"]);
    command.arg(format!("INPUT={}", bam.display())).arg(format!("OUTPUT={}", out("metrics").display()));
    let file = |option: &str, file: PathBuf| format!("{option}={}", file.display());
    command.args(match tool {
        "CollectInsertSizeMetrics" => vec![file("HISTOGRAM_FILE", out("plot"))],
        "CollectGcBiasMetrics" => vec![
            file("REFERENCE_SEQUENCE", Sample::get().file("genome.fa")),
            file("SUMMARY_OUTPUT", out("summary")),
            file("CHART_OUTPUT", out("plot")),
        ],
        "CollectHsMetrics" => vec![
            file("REFERENCE_SEQUENCE", Rough::get().indexed_genome()),
            file("BAIT_INTERVALS", Rough::get().intervals()),
            file("TARGET_INTERVALS", Rough::get().intervals()),
        ],
        _ => vec![file("REFERENCE_SEQUENCE", Sample::get().file("genome.fa"))],
    });
    let Ok(output) = command.output() else {
        eprintln!("skipped: PicardCommandLine is not installed");
        return None;
    };
    assert!(output.status.success(), "{}", said(&output));
    let summary = if out("summary").exists() { read(out("summary")) } else { String::new() };
    Some(without_head(&read(out("metrics"))) + &without_head(&summary))
}

fn without_head(metrics: &str) -> String {
    let lines = metrics.lines().skip_while(|line| !line.starts_with("## METRICS CLASS"));
    lines.map(|line| format!("{line}\n")).collect()
}

/// Asserts that texts are equal, and shows the first lines that are not.
fn assert_lines(ours: &str, theirs: &str) {
    let (ours, theirs): (Vec<&str>, Vec<&str>) = (ours.lines().collect(), theirs.lines().collect());
    for (at, (our, their)) in ours.iter().zip(&theirs).enumerate() {
        assert_eq!(our, their, "line {at}");
    }
    assert_eq!(ours.len(), theirs.len(), "lines");
}

#[test]
fn picard_measures_the_same() {
    let bam = Rough::get().file("out/ROUGH.bam");
    let ours = |form: &str| without_head(&read(Rough::get().file(&format!("out/ROUGH.{form}"))));
    let Some(theirs) = picard("CollectInsertSizeMetrics", &bam) else { return };
    assert_eq!(ours("insert_size_metrics"), theirs);
    let theirs = picard("CollectAlignmentSummaryMetrics", &bam).expect("Picard is there");
    assert_eq!(ours("alignment_summary_metrics"), theirs);
    let theirs = picard("CollectGcBiasMetrics", &bam).expect("Picard is there");
    assert_lines(&(ours("gc_bias.detail_metrics") + &ours("gc_bias.summary_metrics")), &theirs);
    // Two numbers Picard draws at random; they are left open.
    let theirs = picard("CollectHsMetrics", &bam).expect("Picard is there");
    let ours = |form: &str| without_head(&read(Rough::get().file(&format!("out/ROUGH.{form}"))));
    let columns = theirs.lines().nth(1).expect("a head").split('\t');
    let drawn: Vec<usize> =
        columns.enumerate().filter(|(_, name)| name.starts_with("HET_SNP")).map(|(at, _)| at).collect();
    assert_eq!(drawn.len(), 2);
    let known = |metrics: &str| -> String {
        let row = |line: &str| {
            let cells = line.split('\t').enumerate().filter(|(at, _)| !drawn.contains(at));
            cells.map(|(_, cell)| cell).collect::<Vec<_>>().join("\t") + "\n"
        };
        metrics.lines().map(row).collect()
    };
    assert_lines(&known(&ours("hs_metrics")), &known(&theirs));
    // Picard draws its last two numbers at random; they are left open.
    let theirs = picard("CollectWgsMetrics", &bam).expect("Picard is there");
    let known = |metrics: &str| {
        let row = |line: &str| line.split('\t').take(30).map(str::to_owned).collect::<Vec<_>>();
        metrics.lines().map(row).collect::<Vec<_>>()
    };
    assert_eq!(known(&ours("wgs_metrics")), known(&theirs));
}

#[test]
fn bcftools_counts_the_same() {
    for (folder, sample) in samples() {
        let vcf = folder.join(format!("{sample}.vcf.gz"));
        let args = ["stats", "--samples", "-"].map(OsStr::new);
        let Some(output) = peer("bcftools", &[&args[..], &[vcf.as_os_str()]].concat()) else { return };
        assert!(output.status.success(), "{}", said(&output));
        let ours = read(folder.join(format!("{sample}.bcftools_stats.txt")));
        let theirs = String::from_utf8(output.stdout).expect("text");
        let kept = ["SN", "TSTV", "SiS", "AF", "QUAL", "IDD", "ST", "DP", "PSC"];
        let rows = |text: &str| -> Vec<String> {
            let rows =
                text.lines().filter(|line| kept.contains(&line.split('\t').next().unwrap_or_default()));
            // The shares of reads behind an indel's alleles are not in ours.
            rows.map(|row| match row.starts_with("IDD") {
                true => row.split('\t').take(4).collect::<Vec<_>>().join("\t"),
                false => row.to_owned(),
            })
            .collect()
        };
        assert_eq!(rows(&ours), rows(&theirs), "{sample}");
        assert!(rows(&ours).len() > 40, "{sample} has calls");
    }
}

#[test]
fn multiqc_finds_one_sample() {
    Rough::get().germline("trimmed", &["--trim"]);
    let folder = Rough::get().file("trimmed");
    let judged = text(&Rough::get().file("judged/ROUGH"));
    fs::create_dir(Rough::get().file("judged")).expect("a folder");
    let (genome, calls) = (text(&Sample::get().file("genome.fa")), text(&folder.join("ROUGH.vcf.gz")));
    succeed(["compare", "--ref", &genome, "--truth", &calls, "--query", &calls, "--out-prefix", &judged]);
    let Some(report) = MultiQc::of(&[&folder, &Rough::get().file("judged")]) else { return };
    assert_eq!(report.samples(), BTreeSet::from(["ROUGH".to_owned()]));
    report.expect_modules(&["Bcftools", "Mosdepth", "Picard", "Samtools", "fastp", "hap.py"]);
    let judged = report.data("happy_snp_plot.txt");
    assert!(judged.contains("\nROUGH_SNP_PASS\t1.0\t"), "{judged}");
}
