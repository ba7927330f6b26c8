//! gVCF: read by bcftools, whole, and the same for any cut.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;

use crate::harness::{Sample, bytes, peer, rihla, said, succeed};

/// A file that was written for a test.
struct Out {
    dir: TempDir,
}

impl Out {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a folder") }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Calls the sample's BAM; the gVCF is `a.g.vcf.gz`, the VCF `a.vcf.gz`.
    fn call(&self, more: &[&str]) {
        let (sample, text) = (Sample::get(), |path: PathBuf| path.to_string_lossy().into_owned());
        let mut args = vec!["call".to_owned()];
        for (option, path) in [
            ("--ref", sample.file("genome.fa")),
            ("--bam", sample.file("DEMO.bam")),
            ("--out", self.file("a.vcf.gz")),
            ("--gvcf", self.file("a.g.vcf.gz")),
        ] {
            args.extend([option.to_owned(), text(path)]);
        }
        args.extend(more.iter().map(|&arg| arg.to_owned()));
        succeed(args);
    }
}

fn lines(path: &Path) -> Vec<String> {
    let mut text = String::new();
    MultiGzDecoder::new(&bytes(path)[..]).read_to_string(&mut text).expect("whole gzip");
    text.lines().map(str::to_owned).collect()
}

fn records(path: &Path) -> Vec<String> {
    lines(path).into_iter().filter(|line| !line.starts_with('#')).collect()
}

/// Contig, first and last position, and whether it is a block.
fn place(line: &str) -> (String, usize, usize, bool) {
    let fields: Vec<&str> = line.split('\t').collect();
    let start: usize = fields[1].parse().expect("a position");
    match fields[7].strip_prefix("END=") {
        Some(end) => (fields[0].to_owned(), start, end.parse().expect("a position"), true),
        None => (fields[0].to_owned(), start, start + fields[3].len() - 1, false),
    }
}

#[test]
fn every_base_of_the_genome_stands_in_one_line() {
    let out = Out::new();
    let mut args = Sample::get().germline(out.dir.path());
    args.push("--gvcf".to_owned());
    succeed(args);
    let path = out.file("DEMO.g.vcf.gz");
    assert!(out.file("DEMO.g.vcf.gz.tbi").is_file());
    assert!(bytes(out.file("DEMO.vcf.gz")).len() > 1_000);
    let (mut contig, mut next, mut seen) = (String::new(), 1, 0);
    for line in records(&path) {
        let (name, start, end, is_block) = place(&line);
        if name != contig {
            (contig, next) = (name, 1);
        }
        assert!(start == next || (!is_block && start < next), "behind {next}: {line}");
        seen += (end + 1).saturating_sub(next);
        next = next.max(end + 1);
        let sample: Vec<&str> = line.rsplit('\t').next().expect("a column").split(':').collect();
        assert!(!(is_block && sample[0] == "0/0" && sample[2] == "0"), "{line}");
        assert!(line.contains("<NON_REF>"), "{line}");
    }
    let genome = fs::read_to_string(Sample::get().file("genome.fa")).expect("a genome");
    let length: usize = genome.lines().filter(|line| !line.starts_with('>')).map(str::len).sum();
    assert_eq!(seen, length);

    // From the BAM, whose genome is cut elsewhere, with other threads: the same.
    let again = Out::new();
    again.call(&["--threads", "1"]);
    assert_eq!(records(&again.file("a.g.vcf.gz")), records(&path));
    let other = Out::new();
    other.call(&["--threads", "3"]);
    assert!(bytes(other.file("a.g.vcf.gz")) == bytes(again.file("a.g.vcf.gz")));
}

#[test]
fn bcftools_reads_it_and_finds_the_calls_in_it() {
    let out = Out::new();
    out.call(&["--gvcf-alt", "star", "--gvcf-gq-bands", "20,60"]);
    let path = out.file("a.g.vcf.gz");
    let header = lines(&path);
    assert!(header.iter().any(|line| line == "##GVCFBlock20-60=minGQ=20(inclusive),maxGQ=60(exclusive)"));
    assert!(header.iter().any(|line| line.starts_with("##ALT=<ID=*,")));
    let text = |path: &Path| path.as_os_str().to_owned();
    let expression = OsStr::new("GT=\"alt\" && QUAL>=5").to_owned();
    let view = ["view".into(), "-H".into(), "-i".into(), expression, text(&path)];
    let Some(output) = peer("bcftools", &view.each_ref().map(|arg: &std::ffi::OsString| arg.as_os_str()))
    else {
        return;
    };
    assert!(output.status.success() && said(&output).is_empty(), "{}", said(&output));
    // Without the symbolic allele the records are those of the VCF.
    let plain = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let genotype = fields[9].split(':').next().expect("GT").to_owned();
        [fields[0], fields[1], fields[3], &fields[4].replace(",<*>", ""), &genotype].join(" ")
    };
    let ours: Vec<String> = records(&out.file("a.vcf.gz")).iter().map(|line| plain(line)).collect();
    let theirs: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(plain).collect();
    assert!(ours.len() > 100);
    assert_eq!(ours, theirs);

    // Every base, one line each.
    let convert = ["convert", "--gvcf2vcf", "--fasta-ref"].map(OsStr::new);
    let genome = Sample::get().file("genome.fa");
    let region = ["-r", "chr1:20001-30000"].map(OsStr::new);
    let args: Vec<&OsStr> = convert.into_iter().chain([genome.as_os_str()]).chain(region).collect();
    let output = peer("bcftools", &[&args[..], &[path.as_os_str()]].concat()).expect("bcftools is there");
    assert!(output.status.success(), "{}", said(&output));
    let all = String::from_utf8_lossy(&output.stdout).lines().filter(|line| !line.starts_with('#')).count();
    assert!((9_900..10_100).contains(&all), "{all} lines for 10,000 bases");
}

#[test]
fn alleles_have_their_own_annotations() {
    let out = Out::new();
    out.call(&[]);
    let mut seen = 0;
    for line in records(&out.file("a.g.vcf.gz")).iter().filter(|line| !place(line).3) {
        let fields: Vec<&str> = line.split('\t').collect();
        let alternates: Vec<&str> = fields[4].split(',').collect();
        let info = |key: &str| {
            let value = fields[7].split(';').find_map(|one| one.strip_prefix(key)?.strip_prefix('='));
            value
                .unwrap_or_else(|| panic!("{key} of {line}"))
                .split('|')
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let numbers = |texts: &[String]| -> Vec<u64> {
            let all = texts.iter().flat_map(|text| text.split(','));
            all.map(|text| text.trim_end_matches(".00").parse().expect("a number")).collect()
        };
        let (strands, squares) = (numbers(&info("AS_SB_TABLE")), numbers(&info("AS_RAW_MQ")));
        assert_eq!((strands.len(), squares.len()), (2 * (alternates.len() + 1), alternates.len() + 1));
        let keys = fields[8].split(':').zip(fields[9].split(':'));
        let of_sample: Vec<u64> =
            keys.filter(|(key, _)| *key == "SB").flat_map(|(_, text)| numbers(&[text.to_owned()])).collect();
        let sum = |strand: usize| strands[2..].iter().skip(strand).step_by(2).sum::<u64>();
        assert_eq!(of_sample, [strands[0], strands[1], sum(0), sum(1)], "{line}");
        let whole: u64 =
            info("RAW_MQandDP")[0].split(',').next().and_then(|text| text.parse().ok()).expect("a sum");
        assert!(squares.iter().sum::<u64>() <= whole, "{line}");
        for key in ["AS_RAW_BaseQRankSum", "AS_RAW_MQRankSum", "AS_RAW_ReadPosRankSum"] {
            let sums = info(key);
            // REF's is empty, the symbolic allele has none.
            assert_eq!(
                (sums.len(), sums[0].as_str(), sums[sums.len() - 1].as_str()),
                (alternates.len() + 1, "", "NaN")
            );
        }
        seen += 1;
    }
    assert!(seen > 100, "{seen}");
}

#[test]
fn regions_are_covered_and_nothing_else() {
    let out = Out::new();
    let bed = out.file("regions.bed");
    fs::write(&bed, "chr1\t1000\t21000\nchr1\t30000\t30001\nchr2\t5000\t9000\n").expect("written");
    out.call(&["--regions", &bed.to_string_lossy()]);
    let blocks: Vec<_> = records(&out.file("a.g.vcf.gz")).iter().map(|line| place(line)).collect();
    assert_eq!((blocks[0].1, blocks[0].0.as_str()), (1_001, "chr1"));
    assert!(blocks.iter().any(|block| (block.0.as_str(), block.1) == ("chr1", 30_001)));
    let inside = |(contig, start, _, _): &&(String, usize, usize, bool)| match contig.as_str() {
        "chr1" => (1_001..=21_000).contains(start) || *start == 30_001,
        _ => (5_001..=9_000).contains(start),
    };
    assert_eq!(blocks.iter().filter(inside).count(), blocks.len());
}

#[test]
fn bands_and_names_are_checked() {
    let out = Out::new();
    let (genome, bam) = (Sample::get().file("genome.fa"), Sample::get().file("DEMO.bam"));
    let vcf = out.file("a.vcf.gz");
    let base =
        [OsStr::new("call"), OsStr::new("--ref"), genome.as_os_str(), OsStr::new("--bam"), bam.as_os_str()];
    let refused = |more: &[&OsStr]| {
        let args: Vec<&OsStr> = base.iter().copied().chain([OsStr::new("--out"), vcf.as_os_str()]).collect();
        let output = rihla([&args[..], more].concat());
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        said(&output)
    };
    let (gvcf, bands) = (OsStr::new("--gvcf"), OsStr::new("--gvcf-gq-bands"));
    assert!(refused(&[gvcf, vcf.as_os_str()]).contains("two outputs at once"));
    assert!(refused(&[bands, OsStr::new("40,20")]).contains("must ascend"));
    assert!(!vcf.exists());
}
