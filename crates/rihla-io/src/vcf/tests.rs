//! VCF and BCF against themselves, noodles, htslib and bcftools.

mod bcf;
mod damage;
mod foreign;
mod lines;
mod raw;
mod site;

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use rihla_core::variant::{AlleleAnnotations, Annotations, Phase, PhaseAnchor, SampleCall};
use rihla_core::{Contig, Contigs, Genotype, VariantRecord};

use super::*;

fn contigs(lengths: &[u32]) -> Contigs {
    let contig = |(i, &length)| Contig { name: format!("chr{}", i + 1), length, md5: [i as u8; 16] };
    Contigs::new(lengths.iter().enumerate().map(contig).collect())
}

fn header(lengths: &[u32]) -> VcfHeader {
    VcfHeader {
        contigs: contigs(lengths),
        reference: Some("file:///data/ref.fa".into()),
        filters: vec![
            FilterLine { id: "LowQual", description: "QUAL below 20" },
            FilterLine { id: "StrandBias", description: "FS above 60" },
        ],
        lines: vec![
            ("source".into(), "rihla 0.1".into()),
            ("rihlaVersion".into(), "0.1".into()),
            ("rihlaCommand".into(), "rihla call".into()),
        ],
        sample: "NA1".into(),
    }
}

fn record(contig: u32, position: u32, reference: &str, alternates: &[&str]) -> VariantRecord {
    let alleles = alternates.len() + 1;
    VariantRecord {
        contig,
        position,
        reference: reference.into(),
        alternates: alternates.iter().map(|allele| allele.as_bytes().to_vec()).collect(),
        quality: 123.456,
        filters: Vec::new(),
        is_forced: position % 3 == 2,
        annotations: Annotations { depth: 31, quality_by_depth: Some(4.114), ..Annotations::default() },
        sample: SampleCall {
            genotype: Genotype::diploid(0, 1),
            allele_depths: (0..alleles as u32).map(|i| 10 + i).collect(),
            allele_shares: Vec::new(),
            depth: 30,
            genotype_quality: 99,
            likelihoods: (0..(alleles * (alleles + 1) / 2) as u32).map(|i| i * 50).collect(),
            phase: None,
        },
    }
}

fn write(path: &Path, header: &VcfHeader, records: &[VariantRecord]) {
    let mut writer = VcfWriter::create(path, header).expect("created");
    records.iter().for_each(|record| writer.write(record).expect("sorted"));
    writer.finish().expect("finished");
}

/// The bytes of a file without compression.
fn unpacked(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut source = crate::text::open_text(path).expect("opened");
    std::io::Read::read_to_end(&mut source, &mut bytes).expect("sound");
    bytes
}

/// The record lines of a plain file with these records.
fn lines(records: &[VariantRecord]) -> Vec<String> {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("a.vcf");
    write(&path, &header(&[1_000, 1_000]), records);
    let text = fs::read_to_string(&path).expect("text");
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

#[test]
fn lines_are_as_expected() {
    let mut het = record(0, 99, "A", &["G"]);
    het.annotations = Annotations {
        depth: 31,
        quality_by_depth: Some(4.114),
        fisher_strand: Some(0.0),
        strand_odds_ratio: Some(0.693_4),
        mapping_quality: Some(60.0),
        mapping_quality_rank_sum: Some(-0.000_4),
        read_position_rank_sum: Some(-1.25),
        base_quality_rank_sum: Some(f32::NAN),
        score: Some(0.9876),
        features: Vec::new(),
        by_allele: Vec::new(),
    };
    let mut multi = record(1, 4, "CAA", &["C", "*"]);
    let seen = AlleleAnnotations {
        base_quality_rank_sum: Some(0.5),
        fisher_strand: Some(2.0),
        mapping_quality: Some(59.5),
        mapping_quality_rank_sum: Some(-0.000_4),
        quality_by_depth: Some(12.345),
        read_position_rank_sum: Some(-1.25),
        strand_odds_ratio: Some(0.7),
    };
    multi.annotations.by_allele = vec![seen, AlleleAnnotations::default()];
    multi.sample.genotype = Genotype::diploid(2, 1);
    multi.filters = vec!["LowQual", "StrandBias"];
    multi.quality = f32::INFINITY;
    let mut phased = record(1, 9, "C", &["T"]);
    let first = PhaseAnchor { position: 4, reference: b"CAA".to_vec(), alternate: b"C".to_vec() };
    phased.sample.phase = Some(Phase { alleles: [1, 0], first });
    let mut mixture = record(1, 12, "C", &["T", "CA"]);
    mixture.sample.genotype = Genotype::new(vec![0, 1, 2]);
    mixture.sample.allele_shares = vec![0.031_25, 0.5];
    mixture.sample.likelihoods = Vec::new();
    let mut unseen = mixture.clone();
    unseen.sample.genotype = Genotype::new(Vec::new());
    assert_eq!(
        lines(&[het, multi, phased, mixture, unseen]),
        [
            "chr1\t100\t.\tA\tG\t123.46\tPASS\tAC=1;AF=0.500;AN=2;DP=31;FS=0.000;MQ=60.00;MQRankSum=0.000;QD=4.11;\
             ReadPosRankSum=-1.250;SCORE=0.9876;SOR=0.693\tGT:AD:DP:GQ:PL\t0/1:10,11:30:99:0,50,100",
            "chr2\t5\t.\tCAA\tC,*\t.\tLowQual;StrandBias\tAC=1,1;AF=0.500,0.500;AN=2;AS_BaseQRankSum=0.500,.;AS_FS=2.000,.;\
             AS_MQ=59.50,.;AS_MQRankSum=0.000,.;AS_QD=12.35,.;AS_ReadPosRankSum=-1.250,.;AS_SOR=0.700,.;DP=31;QD=4.11\tGT:AD:DP:GQ:PL\t\
             1/2:10,11,12:30:99:0,50,100,150,200,250",
            "chr2\t10\t.\tC\tT\t123.46\tPASS\tAC=1;AF=0.500;AN=2;DP=31;QD=4.11\tGT:AD:DP:GQ:PGT:PID:PL:PS\t\
             1|0:10,11:30:99:1|0:5_CAA_C:0,50,100:5",
            "chr2\t13\t.\tC\tT,CA\t123.46\tPASS\tAC=1,1;AF=0.333,0.333;AN=3;DP=31;QD=4.11\tGT:AD:AF:DP:GQ\t\
             0/1/2:10,11,12:0.0312,0.5000:30:99",
            "chr2\t13\t.\tC\tT,CA\t123.46\tPASS\tAC=0,0;AN=0;DP=31;QD=4.11\tGT:AD:AF:DP:GQ\t\
             .:10,11,12:0.0312,0.5000:30:99",
        ]
    );
}

#[test]
fn header_is_as_expected() {
    let text = header(&[1_000, 2_000]).to_text().expect("plain");
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("##fileformat=VCFv4.2"));
    let sources: Vec<_> = text.lines().filter(|line| line.starts_with("##source=")).collect();
    assert_eq!(sources, ["##source=rihla 0.1"]);
    for line in [
        "##rihlaVersion=0.1",
        "##reference=file:///data/ref.fa",
        "##FILTER=<ID=LowQual,Description=\"QUAL below 20\">",
        "##contig=<ID=chr1,length=1000>",
        "##contig=<ID=chr2,length=2000,md5=01010101010101010101010101010101>",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}");
    }
    assert!(text.ends_with("\tINFO\tFORMAT\tNA1\n"));
}

#[test]
fn wrong_records_are_refused_and_leave_nothing() {
    for name in ["a.vcf.gz", "a.bcf"] {
        refuse_wrong_records(name);
    }
}

fn refuse_wrong_records(name: &str) {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join(name);
    let mut filtered = record(0, 60, "A", &["G"]);
    filtered.filters = vec!["Unknown"];
    for (wrong, words) in [
        (record(0, 49, "A", &["G"]), "sorted"),
        (record(0, 999, "AC", &["A"]), "behind its contig"),
        (record(7, 1, "A", &["G"]), "lacks its contig"),
        (filtered, "lacks the filter Unknown"),
    ] {
        let mut writer = VcfWriter::create(&path, &header(&[1_000])).expect("created");
        writer.write(&record(0, 50, "A", &["G"])).expect("sorted");
        let error = writer.write(&wrong).expect_err("wrong");
        assert!(error.to_string().contains(words), "{error}");
        drop(writer);
        assert_eq!(fs::read_dir(directory.path()).expect("directory").count(), 0);
    }
}

#[test]
fn values_that_vcf_cannot_hold_are_refused() {
    let tab = VcfHeader { sample: "a\tb".into(), ..header(&[10]) };
    let none = VcfHeader { sample: String::new(), ..header(&[10]) };
    for header in [tab, none] {
        assert_eq!(header.to_text().expect_err("refused").kind(), crate::IoErrorKind::Usage);
    }
}

#[test]
fn names_say_what_is_written() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let names = [
        "a.bcf.gz",
        "bcf",
        "a.vcf.bz2",
        "a.gz",
        "a.txt",
        "a.bam",
        "calls",
        "vcf",
        "a.vcf.gz.tbi",
        "a.vcf.zst",
    ];
    for name in names {
        let path = directory.path().join(name);
        let error = VcfWriter::create(&path, &header(&[10])).err().expect("refused");
        let text = error.to_string();
        assert_eq!(error.kind(), crate::IoErrorKind::Usage, "{text}");
        assert!(text.contains(name) && text.contains("VCF") | text.contains("BCF"), "{text}");
        assert!(text.contains("name it .vcf.gz or .bcf"), "{text}");
        assert_eq!(fs::read_dir(directory.path()).expect("directory").count(), 0);
    }
    for (name, start, index) in [
        ("a.vcf", "##fileformat", None),
        ("b.VCF", "##fileformat", None),
        ("c.vcf.gz", "##fileformat", Some(".tbi")),
        ("d.vcf.bgz", "##fileformat", Some(".tbi")),
        ("e.bcf", "BCF\x02\x02", Some(".csi")),
        ("f.BCF", "BCF\x02\x02", Some(".csi")),
    ] {
        let path = directory.path().join(name);
        write(&path, &header(&[1_000]), &[record(0, 5, "A", &["G"])]);
        let is_packed = fs::read(&path).expect("read").starts_with(b"\x1f\x8b");
        assert_eq!(is_packed, index.is_some(), "{name}");
        assert!(unpacked(&path).starts_with(start.as_bytes()), "{name}");
        for extension in [".tbi", ".csi"] {
            let is_there = crate::atomic::beside(&path, extension).exists();
            assert_eq!(is_there, index == Some(extension), "{name}{extension}");
        }
    }
    let error = VcfWriter::create(directory.path(), &header(&[10])).err().expect("a directory");
    assert_eq!(error.kind(), crate::IoErrorKind::CannotCreate);
}

#[cfg(target_os = "linux")]
#[test]
fn devices_need_no_name() {
    VcfWriter::create("/dev/null", &header(&[10])).expect("opened").finish().expect("written");
    let full = VcfWriter::create("/dev/full", &header(&[10])).expect("opened").finish().expect_err("full");
    assert_eq!(full.kind(), crate::IoErrorKind::NoSpace);
    assert!(["/dev/stdout", "/proc/self/fd/1"].iter().all(|path| crate::atomic::is_special(Path::new(path))));
    assert!(!crate::atomic::is_special(Path::new("no-such-file")));
}

fn any_record() -> impl Strategy<Value = VariantRecord> {
    let alternates = prop::collection::vec("[ACGT]{1,6}", 1..4);
    let numbers = (0u32..2, 0u32..900_000, prop::option::of(-9.0f32..9.0), 0.0f32..5_000.0, prop::bool::ANY);
    ("[ACGT]{1,60}", alternates, numbers).prop_map(|(reference, alternates, numbers)| {
        let (contig, position, rank_sum, quality, fails) = numbers;
        let alternates: Vec<_> = alternates.iter().map(String::as_str).collect();
        let mut record = record(contig, position, &reference, &alternates);
        record.sample.genotype = Genotype::diploid(position as u8 % 2, alternates.len() as u8);
        if position % 5 == 0 {
            let share = |i: usize| quality / 5_000.0 / (i + 1) as f32;
            record.sample.allele_shares = (0..alternates.len()).map(share).collect();
            record.sample.likelihoods = Vec::new();
        }
        record.annotations.base_quality_rank_sum = rank_sum;
        record.quality = quality;
        record.filters = if fails { vec!["LowQual"] } else { Vec::new() };
        record
    })
}

fn assert_same(ours: &VariantRecord, read: &VcfRecord) {
    assert_eq!((ours.contig, ours.position), (read.contig, read.position));
    assert_eq!((&ours.reference, &ours.alternates), (&read.reference, &read.alternates));
    assert_eq!(ours.is_pass(), read.is_pass);
    let alleles: Vec<_> = read.genotype.iter().map(|allele| allele.expect("called")).collect();
    assert_eq!((ours.sample.genotype.alleles(), false), (&alleles[..], read.is_phased));
    assert!((ours.quality - read.quality.expect("given")).abs() <= 0.006);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn records_come_back(mut records in prop::collection::vec(any_record(), 0..60), extension in "\\.vcf(\\.gz)?") {
        records.sort_by_key(|record| (record.contig, record.position));
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = directory.path().join(format!("a{extension}"));
        let header = header(&[1_000_000, 1_000_000]);
        write(&path, &header, &records);
        let read = read_vcf(&path, &header.contigs).expect("valid");
        prop_assert_eq!(read.len(), records.len());
        records.iter().zip(&read).for_each(|(ours, read)| assert_same(ours, read));
        prop_assert_eq!(directory.path().join("a.vcf.gz.tbi").exists(), extension == ".vcf.gz");
        let bytes = fs::read(&path).expect("read");
        write(&path, &header, &records);
        prop_assert_eq!(bytes, fs::read(&path).expect("read"));
    }
}
