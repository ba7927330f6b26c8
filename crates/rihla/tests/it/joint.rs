//! What joint callers want of a gVCF: the rules of GLnexus, held against every line; and GATK and GLnexus themselves where they are
//! installed.
//!
//! GLnexus 1.4.5 stops at the first line that breaks most of its rules (`validate_bcf`, the genotyper, the presets `gatk` and
//! `DeepVariant`), and leaves out lines that break others without a word.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;
use tempfile::TempDir;

use crate::harness::{Sample, bytes, peer, said, succeed};
use crate::sexes::Bench;

/// Lines of a compressed file.
fn lines(path: &Path) -> Vec<String> {
    let mut text = String::new();
    MultiGzDecoder::new(&bytes(path)[..]).read_to_string(&mut text).expect("whole gzip");
    text.lines().map(str::to_owned).collect()
}

/// Values by key, of INFO or of a sample.
type Values<'a> = BTreeMap<&'a str, &'a str>;

/// A gVCF line as GLnexus sees it.
struct Line<'a> {
    contig: &'a str,
    start: usize,
    /// Last position, by END or else by REF.
    end: usize,
    reference: &'a str,
    alternates: Vec<&'a str>,
    info: Values<'a>,
    sample: Values<'a>,
}

impl<'a> Line<'a> {
    fn new(text: &'a str) -> Self {
        let fields: Vec<&str> = text.split('\t').collect();
        assert_eq!(fields.len(), 10, "one sample: {text}");
        let info: Values = fields[7].split(';').map(|one| one.split_once('=').unwrap_or((one, ""))).collect();
        let keys: Vec<&str> = fields[8].split(':').collect();
        let values: Vec<&str> = fields[9].split(':').collect();
        assert_eq!(keys.len(), values.len(), "{text}");
        let start: usize = fields[1].parse().expect("a position");
        let last = start + fields[3].len() - 1;
        Self {
            contig: fields[0],
            start,
            end: info.get("END").map_or(last, |end| end.parse().expect("a number")),
            reference: fields[3],
            alternates: fields[4].split(',').collect(),
            info,
            sample: keys.into_iter().zip(values).collect(),
        }
    }

    /// Numbers of a sample's field.
    fn numbers(&self, key: &str) -> Vec<u32> {
        let text = self.sample.get(key).unwrap_or_else(|| panic!("{key} at {}:{}", self.contig, self.start));
        text.split(',').map(|one| one.parse().expect("a number, none negative or missing")).collect()
    }

    fn is_block(&self) -> bool {
        self.alternates.len() == 1 && is_symbolic(self.alternates[0])
    }
}

fn is_symbolic(allele: &str) -> bool {
    allele.starts_with('<') && allele.ends_with('>')
}

fn is_bases(allele: &str) -> bool {
    !allele.is_empty() && allele.bytes().all(|letter| b"ACGTN".contains(&letter))
}

/// What GLnexus' rules say of a gVCF; genotypes of other than two copies are left out when `two_copies` is not set. Gives the
/// number of blocks, of variants, and of those with one copy.
fn check(path: &Path, symbol: &str, two_copies: bool) -> (usize, usize, usize) {
    let all = lines(path);
    let header: Vec<&str> = all.iter().map(String::as_str).take_while(|line| line.starts_with('#')).collect();
    let declared = |kind: &str| -> BTreeSet<&str> {
        let start = format!("##{kind}=<ID=");
        let of = header.iter().filter_map(|line| line.strip_prefix(&start));
        of.filter_map(|rest| rest.split([',', '>']).next()).collect()
    };
    let (info, format) = (declared("INFO"), declared("FORMAT"));
    assert!(info.contains("AS_RAW_MQ") && !info.contains("AS_MQ"), "raw annotations alone: {info:?}");
    let length = |contig: &str| -> usize {
        let start = format!("##contig=<ID={contig},length=");
        let rest = header.iter().find_map(|line| line.strip_prefix(&start)).expect("a contig of the header");
        rest.split([',', '>']).next().and_then(|length| length.parse().ok()).expect("a length")
    };
    let column = header.last().and_then(|line| line.rsplit('\t').next()).expect("a sample");
    assert!(column.bytes().all(|letter| letter.is_ascii_alphanumeric() || b"-_.".contains(&letter)));

    // Contig, one past the last base that is covered, where the last line began.
    let mut before = (String::new(), 1, 1);
    let (mut blocks, mut variants, mut haploid) = (0, 0, 0);
    for text in &all[header.len()..] {
        let line = Line::new(text);
        assert!(line.info.keys().filter(|key| **key != ".").all(|key| info.contains(key)), "INFO: {text}");
        assert!(line.sample.keys().all(|key| format.contains(key)), "FORMAT: {text}");

        // Sorted, whole, and no block over what another line has; a deletion may have variants inside.
        if before.0 != line.contig {
            assert!(before.0.is_empty() || before.1 == length(&before.0) + 1, "ends early: {}", before.0);
            before = (line.contig.to_owned(), 1, 1);
        }
        assert!(line.start >= before.2, "sorted: {text}");
        let follows = if line.is_block() { line.start == before.1 } else { line.start <= before.1 };
        assert!(follows, "behind {}: {text}", before.1);
        assert!(line.end >= line.start && line.end <= length(line.contig), "END: {text}");
        // Longer lines are left out without a word.
        assert!(line.end - line.start < 100_000, "length: {text}");
        before = (before.0, before.1.max(line.end + 1), line.start);

        // Alleles: all different, in bases or `*`, the symbolic one the last.
        let alleles: Vec<&str> =
            [line.reference].into_iter().chain(line.alternates.iter().copied()).collect();
        assert_eq!(alleles.iter().collect::<BTreeSet<_>>().len(), alleles.len(), "distinct: {text}");
        assert!(is_bases(line.reference) && alleles.last() == Some(&symbol), "{text}");
        let listed = &alleles[1..alleles.len() - 1];
        assert!(listed.iter().all(|allele| is_bases(allele) || *allele == "*"), "{text}");

        let genotype: Vec<&str> = line.sample["GT"].split(['/', '|']).collect();
        let called = genotype.iter().filter_map(|allele| allele.parse::<usize>().ok());
        assert!(called.max().unwrap_or(0) < alleles.len() - 1, "GT: {text}");
        if genotype.len() != 2 {
            assert!(!two_copies, "two copies: {text}");
            haploid += usize::from(genotype.len() == 1);
        } else {
            // Else `more_PL` of the presets for DeepVariant ends the run, and variants have no quality to be found by.
            assert_eq!(line.numbers("PL").len(), alleles.len() * (alleles.len() + 1) / 2, "PL: {text}");
            assert_eq!(line.numbers("PL").iter().min(), Some(&0), "PL: {text}");
        }
        let [quality] = line.numbers("GQ")[..] else { panic!("GQ: {text}") };
        if line.is_block() {
            // `ref_dp_format`: without it the genotyper stops.
            let [lowest] = line.numbers("MIN_DP")[..] else { panic!("MIN_DP: {text}") };
            assert!(lowest <= line.numbers("DP")[0], "{text}");
            assert!(genotype.iter().all(|allele| *allele == if quality > 0 { "0" } else { "." }), "{text}");
            blocks += 1;
        } else {
            // `allele_dp_format`, and what the preset for GATK carries over.
            assert_eq!(line.numbers("AD").len(), alleles.len(), "AD: {text}");
            assert_eq!((line.numbers("SB").len(), line.numbers("DP").len()), (4, 1), "{text}");
            assert!(!line.info.contains_key("END"), "{text}");
            variants += 1;
        }
    }
    (blocks, variants, haploid)
}

#[test]
fn every_line_follows_the_rules_of_glnexus() {
    // The sample's genome, with more behind it that nobody knows than a line may have.
    let dir = tempfile::tempdir().expect("a folder");
    let text = |name: &str| dir.path().join(name).to_string_lossy().into_owned();
    let genome = fs::read_to_string(Sample::get().file("genome.fa")).expect("a genome");
    fs::write(text("ref.fa"), format!("{genome}>gap\n{}\n", "N".repeat(230_000))).expect("written");
    let reads = ["reads_1.fq.gz", "reads_2.fq.gz"]
        .map(|name| Sample::get().file(name).to_string_lossy().into_owned());
    for (name, symbol) in [("nonref", "<NON_REF>"), ("star", "<*>")] {
        let (reference, out) = (text("ref.fa"), text(name));
        let args = ["germline", "--ref", &reference, "--reads", &reads[0], &reads[1], "--sample", "DEMO"];
        succeed(args.iter().chain(&[
            "--gvcf",
            "--gvcf-alt",
            name,
            "--allele-annotations",
            "--out-dir",
            &out,
            "--quiet",
        ]));
        let (blocks, variants, haploid) = check(&dir.path().join(name).join("DEMO.g.vcf.gz"), symbol, true);
        assert!(blocks > 500 && variants > 100 && haploid == 0, "{blocks} blocks, {variants} variants");
    }
}

#[test]
fn glnexus_takes_a_man_when_everything_has_two_copies() {
    let bench = Bench::new();
    let gvcf = |out: &str| bench.path(out).join("S.g.vcf.gz");
    bench.germline("male", "one", &["--gvcf"]);
    assert!(check(&gvcf("one"), "<NON_REF>", false).2 > 100, "X, Y and M");
    bench.germline("male", "two", &["--gvcf", "--sex", "none"]);
    assert_eq!(check(&gvcf("two"), "<NON_REF>", true).2, 0);
}

/// The sample's reference, and its calls and gVCFs under two names.
struct Joined {
    dir: TempDir,
}

impl Joined {
    /// For a program; `None` where that is not installed.
    fn for_program(name: &str, more: &[&str]) -> Option<Self> {
        peer(name, &["--version".as_ref()])?;
        let joined = Self { dir: tempfile::tempdir().expect("a folder") };
        fs::copy(Sample::get().file("genome.fa"), joined.dir.path().join("ref.fa")).expect("copied");
        let reference = joined.text("ref.fa");
        let bam = Sample::get().file("DEMO.bam").to_string_lossy().into_owned();
        for sample in ["one", "two"] {
            let (vcf, gvcf) =
                (joined.text(&format!("{sample}.vcf.gz")), joined.text(&format!("{sample}.g.vcf.gz")));
            let args = ["call", "--ref", &reference, "--bam", &bam, "--out", &vcf, "--gvcf", &gvcf];
            succeed(args.iter().chain(&["--sample", sample, "--quiet"]).chain(more));
        }
        Some(joined)
    }

    /// With the files that GATK wants beside a reference, and `AS_` annotations.
    fn for_gatk() -> Option<Self> {
        let joined = Self::for_program("gatk", &["--allele-annotations"])?;
        let (reference, dictionary) = (joined.text("ref.fa"), joined.text("ref.dict"));
        for args in [&["faidx", &reference][..], &["dict", "-o", &dictionary, &reference]] {
            let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
            assert!(peer("samtools", &args)?.status.success());
        }
        Some(joined)
    }

    fn text(&self, name: &str) -> String {
        self.dir.path().join(name).to_string_lossy().into_owned()
    }

    /// Runs a tool of GATK on some files, with allele-specific annotations.
    fn gatk(&self, tool: &str, inputs: &[&str], out: &str) {
        let mut args =
            vec![tool.to_owned(), "-R".to_owned(), self.text("ref.fa"), "-O".to_owned(), self.text(out)];
        args.extend(inputs.iter().flat_map(|name| ["-V".to_owned(), self.text(name)]));
        args.extend(["-G", "StandardAnnotation", "-G", "AS_StandardAnnotation"].map(str::to_owned));
        let args: Vec<&OsStr> = args.iter().map(OsStr::new).collect();
        let output = peer("gatk", &args).expect("GATK is there");
        assert!(output.status.success(), "{}", said(&output));
    }

    /// Columns of a file's records by place and alleles.
    fn records(&self, name: &str) -> BTreeMap<[String; 4], Vec<String>> {
        let all = lines(&self.dir.path().join(name));
        let of = |line: &String| {
            let fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
            ([0, 1, 3, 4].map(|at| fields[at].clone()), fields)
        };
        all.iter().filter(|line| !line.starts_with('#')).map(of).collect()
    }
}

/// GT as a sorted list of alleles.
fn genotype(sample: &str) -> Vec<&str> {
    let mut alleles: Vec<&str> = sample.split(':').next().expect("GT").split(['/', '|']).collect();
    alleles.sort_unstable();
    alleles
}

#[test]
fn gatk_makes_the_annotations_of_the_vcf_of_the_raw_ones() {
    let Some(joined) = Joined::for_gatk() else { return };
    joined.gatk("GenotypeGVCFs", &["one.g.vcf.gz"], "joint.vcf.gz");
    let (ours, theirs) = (joined.records("one.vcf.gz"), joined.records("joint.vcf.gz"));
    let (mut seen, mut ranked) = (0, 0);
    for (place, fields) in &theirs {
        let Some(own) = ours.get(place) else { continue };
        let info = |fields: &Vec<String>, key: &str| -> Vec<String> {
            let value = fields[7].split(';').find_map(|one| one.strip_prefix(key)?.strip_prefix('='));
            value.unwrap_or_else(|| panic!("{key} of {fields:?}")).split(',').map(str::to_owned).collect()
        };
        // The raw form of rank sums has one decimal.
        for (key, apart) in [
            ("AS_FS", 0.002),
            ("AS_SOR", 0.002),
            ("AS_MQ", 0.02),
            ("AS_BaseQRankSum", 0.051),
            ("AS_MQRankSum", 0.051),
            ("AS_ReadPosRankSum", 0.051),
        ] {
            let (a, b) = (info(own, key), info(fields, key));
            assert_eq!(a.len(), b.len(), "{key}: {own:?} {fields:?}");
            for (a, b) in a.iter().zip(&b).filter(|(a, b)| a != b) {
                let numbers = [a, b].map(|text| text.parse::<f64>().unwrap_or(f64::INFINITY));
                assert!((numbers[0] - numbers[1]).abs() <= apart, "{key}: {own:?} {fields:?}");
            }
            ranked += usize::from(key == "AS_BaseQRankSum" && b[0] != ".");
        }
        // GATK lowers those above 35 at random.
        assert!(!info(fields, "AS_QD").is_empty() && !info(own, "AS_QD").is_empty());
        assert_eq!(genotype(&own[9]), genotype(&fields[9]));
        seen += 1;
    }
    assert!(seen > 100 && ranked > 30 && seen * 50 > ours.len() * 49, "{seen} of {}", ours.len());
}

#[test]
fn gatk_joins_two_samples() {
    let Some(joined) = Joined::for_gatk() else { return };
    joined.gatk("CombineGVCFs", &["one.g.vcf.gz", "two.g.vcf.gz"], "both.g.vcf.gz");
    joined.gatk("GenotypeGVCFs", &["both.g.vcf.gz"], "both.vcf.gz");
    let (ours, theirs) = (joined.records("one.vcf.gz"), joined.records("both.vcf.gz"));
    let found = ours.iter().filter_map(|(place, own)| Some((own, theirs.get(place)?)));
    let mut seen = 0;
    for (own, fields) in found.filter(|(own, _)| own[6] == "PASS") {
        assert_eq!(genotype(&fields[9]), genotype(&own[9]), "{own:?} {fields:?}");
        assert_eq!(genotype(&fields[10]), genotype(&own[9]), "{own:?} {fields:?}");
        assert!(fields[7].contains("AS_FS=") && fields[7].contains("AS_ReadPosRankSum="), "{fields:?}");
        seen += 1;
    }
    assert!(seen > 100 && seen * 20 > ours.len() * 19, "{seen} of {}", ours.len());
}

#[test]
fn glnexus_joins_two_samples() {
    for alternate in ["nonref", "star"] {
        let Some(joined) = Joined::for_program("glnexus_cli", &["--gvcf-alt", alternate]) else { return };
        let text = |name: &str| joined.text(name);
        let (database, one, two) = (text("db"), text("one.g.vcf.gz"), text("two.g.vcf.gz"));
        let args =
            ["--config", "DeepVariant", "--threads", "1", "--dir", &database, &one, &two].map(OsStr::new);
        let output = peer("glnexus_cli", &args).expect("GLnexus is there");
        assert!(output.status.success(), "{}", said(&output));
        fs::write(text("both.bcf"), &output.stdout).expect("written");
        let (bcf, vcf) = (text("both.bcf"), text("both.vcf.gz"));
        let args = ["view", "-Oz", "-o", &vcf, &bcf].map(OsStr::new);
        let Some(output) = peer("bcftools", &args) else { return };
        assert!(output.status.success(), "{}", said(&output));
        let (ours, theirs) = (joined.records("one.vcf.gz"), joined.records("both.vcf.gz"));
        // Records are joined at their places; alleles may be in another order.
        let spelled = |fields: &[String], sample: usize| {
            let alleles: Vec<&str> = [&fields[3][..]].into_iter().chain(fields[4].split(',')).collect();
            let of = |number: &&str| alleles[number.parse::<usize>().expect("called")].to_owned();
            let mut called: Vec<String> = genotype(&fields[sample]).iter().map(of).collect();
            called.sort_unstable();
            called
        };
        let at = |place: &[String; 4]| [0, 1, 2].map(|i| place[i].clone());
        let places: BTreeMap<_, _> = theirs.iter().map(|(place, fields)| (at(place), fields)).collect();
        let mut seen = 0;
        for (place, own) in ours.iter().filter(|(_, own)| own[6] == "PASS" && !own[4].contains('*')) {
            let Some(fields) = places.get(&at(place)) else { continue };
            let expected = spelled(own, 9);
            assert_eq!(
                [spelled(fields, 9), spelled(fields, 10)],
                [expected.clone(), expected],
                "{own:?} {fields:?}"
            );
            seen += 1;
        }
        assert!(seen > 100 && seen * 20 > ours.len() * 19, "{seen} of {}", ours.len());
    }
}
