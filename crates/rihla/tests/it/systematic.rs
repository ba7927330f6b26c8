//! Errors of one strand that repeat: how common they are is learnt from the sample, and they are no variants.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use crate::harness::{Sample, bytes, rihla, said, succeed};

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Records of a VCF by contig, position and REF: the genotype as a sorted list of alleles, and whether it passes.
fn records(vcf: &Path) -> BTreeMap<[String; 3], (Vec<char>, bool)> {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(&bytes(vcf)[..]).read_to_string(&mut text).expect("whole gzip");
    let record = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let mut genotype: Vec<char> = fields[9].chars().take_while(|&letter| letter != ':').collect();
        genotype.retain(|letter| !matches!(letter, '|' | '/'));
        genotype.sort_unstable();
        ([fields[0], fields[1], fields[3]].map(str::to_owned), (genotype, fields[6] == "PASS"))
    };
    text.lines().filter(|line| !line.starts_with('#')).map(record).collect()
}

/// A sample with errors at so many places: how common the run finds them, and its calls, right and wrong ones.
fn run(share: &str, dir: &Path) -> (f64, usize, usize) {
    let reference = text(&Sample::get().file("genome.fa"));
    let reads = [1, 2].map(|mate| text(&dir.join(format!("reads_{mate}.fq.gz"))));
    let options = ["--depth", "15", "--seed", "3", "--systematic-errors", share, "--out-dir", &text(dir)];
    succeed(["simulate", "--ref", &reference].iter().chain(&options));
    let options = ["--sample", "S", "--out-dir", &text(dir), "--gvcf"];
    let args = ["germline", "--ref", &reference, "--reads", &reads[0], &reads[1]];
    let said = said(&succeed(args.iter().chain(&options)));
    let line = said.lines().find_map(|line| line.split_once("errors repeat on one strand at "));
    let rate = line.and_then(|(_, behind)| behind.split(' ').next()).and_then(|rate| rate.parse().ok());
    let (truth, calls) = (records(&dir.join("truth.vcf.gz")), records(&dir.join("S.vcf.gz")));
    let of_gvcf = records(&dir.join("S.g.vcf.gz"));
    let passing: Vec<_> = calls.iter().filter(|(_, (_, passes))| *passes).collect();
    for (place, call) in &passing {
        assert_eq!(of_gvcf.get(*place), Some(*call), "{place:?}: the gVCF has another call");
    }
    let right = passing.iter().filter(|(place, _)| truth.contains_key(*place)).count();
    (rate.unwrap_or_else(|| panic!("no rate: {said}")), right, passing.len() - right)
}

#[test]
fn errors_of_one_strand_are_no_variants() {
    let dir = tempfile::tempdir().expect("a folder");
    let [without, with] = ["0", "0.005"].map(|share| {
        let dir = dir.path().join(share);
        run(share, &dir)
    });
    assert!(without.0 < 0.3 && with.0 > 2.0, "{without:?} {with:?}");
    assert!(without.1 > 250 && with.1 + 6 > without.1, "{without:?} {with:?}");
    // More than forty without a term for them.
    assert!(with.2 <= without.2 + 8, "{without:?} {with:?}");
}

#[test]
fn the_seed_alone_says_where_reads_err() {
    let (reference, dir) = (text(&Sample::get().file("genome.fa")), tempfile::tempdir().expect("a folder"));
    let reads = |name: &str, more: &[&str]| {
        let out = text(&dir.path().join(name));
        let args = ["simulate", "--ref", &reference, "--depth", "2", "--seed", "3", "--out-dir", &out];
        succeed(args.iter().chain(more));
        let mut text = Vec::new();
        let file = bytes(dir.path().join(name).join("reads_1.fq.gz"));
        flate2::read::MultiGzDecoder::new(&file[..]).read_to_end(&mut text).expect("whole gzip");
        text
    };
    let none = reads("none", &[]);
    assert_eq!(reads("zero", &["--systematic-errors", "0"]), none);
    let some = reads("some", &["--systematic-errors", "0.002", "--threads", "1"]);
    assert_eq!(reads("again", &["--systematic-errors", "0.002", "--threads", "3"]), some);
    let lines = |text: &[u8]| text.split(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>();
    let (none, some) = (lines(&none), lines(&some));
    assert_eq!(none.len(), some.len());
    // Names stay, and most of the reads.
    assert!(none.iter().step_by(4).eq(some.iter().step_by(4)));
    let changed = none.chunks(4).zip(some.chunks(4)).filter(|(none, some)| none != some).count();
    let share = changed as f64 / (none.len() / 4) as f64;
    assert!((0.01..0.1).contains(&share), "{share}");
    let args = [
        "simulate",
        "--ref",
        &reference,
        "--out-dir",
        &text(&dir.path().join("bad")),
        "--systematic-errors",
        "2",
    ];
    let output = rihla(args);
    assert!(!output.status.success() && said(&output).contains("must be from 0 to 0.1"), "{}", said(&output));
}
