//! What noodles, htslib and bcftools make of our VCF and BCF and their index, and we of real truth sets.

use std::process::Command;

use noodles::core::Region;
use rust_htslib::bcf::{self, Read};

use super::*;

/// Contigs for tabix, and for a CSI.
const SIZES: [&[u32]; 2] = [&[5_000_000, 300_000_000], &[5_000_000, 800_000_000]];
const NAMES: [&str; 2] = ["a.vcf.gz", "a.bcf"];

struct Scene {
    directory: tempfile::TempDir,
    name: &'static str,
    header: VcfHeader,
    records: Vec<VariantRecord>,
}

impl Scene {
    /// Thousands of records in clusters, some deletions across bins.
    fn new(lengths: &[u32], name: &'static str) -> Self {
        let header = header(lengths);
        let long = "A".repeat(3_000);
        let mut records = Vec::new();
        for (contig, &length) in lengths.iter().enumerate() {
            for i in 0..4_000u64 {
                let at = (i / 40 * (u64::from(length) / 101) + i % 40 * 700) as u32;
                let reference = if i % 50 == 0 { long.as_str() } else { "AC" };
                records.push(record(contig as u32, at, reference, &["A", "G"][..1 + i as usize % 2]));
            }
        }
        let directory = tempfile::tempdir().expect("temporary directory");
        let scene = Self { directory, name, header, records };
        write(&scene.path(), &scene.header, &scene.records);
        scene
    }

    fn path(&self) -> std::path::PathBuf {
        self.directory.path().join(self.name)
    }

    /// Intervals with the positions of the records that overlap.
    fn queries(&self) -> Vec<((u32, u32, u32), Vec<u32>)> {
        let mut queries = Vec::new();
        for (contig, length) in self.header.contigs.iter().map(|contig| contig.length).enumerate() {
            for part in 0..67u64 {
                let start = (u64::from(length) * part / 67) as u32;
                for size in [1, 2_000, 40_000, 9_000_000] {
                    let end = (start + size).min(length);
                    let inside = |record: &&VariantRecord| {
                        record.contig as usize == contig && record.position < end && record.end() > start
                    };
                    let positions = self.records.iter().filter(inside).map(|record| record.position);
                    queries.push(((contig as u32, start, end), positions.collect()));
                }
            }
        }
        queries
    }
}

#[test]
fn htslib_reads_records_and_regions() {
    for (lengths, name) in SIZES.into_iter().flat_map(|lengths| NAMES.map(|name| (lengths, name))) {
        let scene = Scene::new(lengths, name);
        let mut reader = bcf::IndexedReader::from_path(scene.path()).expect("indexed");
        for ((contig, start, end), expected) in scene.queries() {
            // The end of rust-htslib's region is included.
            reader.fetch(contig, u64::from(start), Some(u64::from(end) - 1)).expect("fetched");
            let found: Vec<_> = reader.records().map(|record| record.expect("valid").pos() as u32).collect();
            assert_eq!(found, expected, "{contig}:{start}-{end}");
        }
        let mut reader = bcf::Reader::from_path(scene.path()).expect("opened");
        assert_eq!(reader.header().samples(), [b"NA1"]);
        for (theirs, ours) in reader.records().map(|record| record.expect("valid")).zip(&scene.records) {
            assert_eq!(theirs.alleles()[0], ours.reference);
            let depths = theirs.format(b"AD").integer().expect("AD")[0].to_vec();
            assert_eq!(
                depths,
                ours.sample.allele_depths.iter().map(|&depth| depth as i32).collect::<Vec<_>>()
            );
            assert_eq!(theirs.info(b"DP").integer().expect("DP").expect("given")[0], 31);
        }
    }
}

#[test]
fn noodles_reads_header_records_and_regions() {
    let scene = Scene::new(SIZES[0], NAMES[0]);
    let mut reader =
        noodles::vcf::io::indexed_reader::Builder::default().build_from_path(scene.path()).expect("indexed");
    let header = reader.read_header().expect("valid header");
    assert_eq!((header.infos().len(), header.formats().len(), header.filters().len()), (14, 9, 3));
    for ((contig, start, end), expected) in scene.queries() {
        let name = &scene.header.contigs.get(contig).name;
        let region: Region = format!("{name}:{}-{end}", start + 1).parse().expect("region");
        let records = reader.query(&header, &region).expect("queried");
        let position = |record: std::io::Result<noodles::vcf::Record>| {
            let position = record.expect("valid").variant_start().expect("given").expect("valid");
            usize::from(position) as u32 - 1
        };
        let found: Vec<_> = records.records().map(position).collect();
        assert_eq!(found, expected, "{region}");
    }
}

#[test]
fn noodles_reads_regions_of_bcf() {
    for lengths in SIZES {
        let scene = Scene::new(lengths, NAMES[1]);
        let builder = noodles::bcf::io::indexed_reader::Builder::default();
        let mut reader = builder.build_from_path(scene.path()).expect("indexed");
        let header = reader.read_header().expect("valid header");
        for ((contig, start, end), expected) in scene.queries() {
            let name = &scene.header.contigs.get(contig).name;
            let region: Region = format!("{name}:{}-{end}", start + 1).parse().expect("region");
            let records = reader.query(&header, &region).expect("queried");
            let position = |record: std::io::Result<noodles::bcf::Record>| {
                let position = record.expect("valid").variant_start().expect("given").expect("valid");
                usize::from(position) as u32 - 1
            };
            let found: Vec<_> = records.records().map(position).collect();
            assert_eq!(found, expected, "{region}");
        }
    }
}

#[test]
fn bcftools_accepts_and_counts() {
    for (lengths, name) in SIZES.into_iter().flat_map(|lengths| NAMES.map(|name| (lengths, name))) {
        let scene = Scene::new(lengths, name);
        let run = |arguments: &[&str]| {
            let output = Command::new("bcftools").args(arguments).arg(scene.path()).output().ok()?;
            let (out, err) =
                (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            // It says so of its own, too, and then looks into the header.
            let err = err.replace("Warning: cannot determine contig names given the .csi index alone", "");
            assert!(output.status.success() && !err.contains("Warn") && !err.contains("[W::"), "{err}");
            Some(out.into_owned())
        };
        let Some(stats) = run(&["stats"]) else {
            let mut stderr = std::io::stderr();
            let _ = std::io::Write::write_all(&mut stderr, b"skipped: bcftools is not installed\n");
            return;
        };
        assert!(stats.contains("number of records:\t8000"), "{stats}");
        assert_eq!(run(&["index", "--nrecords"]).expect("installed").trim(), "8000");
        for ((contig, start, end), expected) in scene.queries().into_iter().step_by(31) {
            let region = format!("{}:{}-{end}", scene.header.contigs.get(contig).name, start + 1);
            let found = run(&["query", "-f", "%POS\n", "-r", &region]).expect("installed");
            let found: Vec<u32> = found.lines().map(|line| line.parse::<u32>().expect("POS") - 1).collect();
            assert_eq!(found, expected, "{region}");
        }
    }
}

#[test]
fn real_truth_sets_are_read() {
    let data = std::env::var_os("RIHLA_DATA").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        std::path::PathBuf::from,
    );
    let path = data.join("grch38-20mb/variants.vcf.gz");
    if !path.exists() {
        let mut stderr = std::io::stderr();
        let _ = std::io::Write::write_all(&mut stderr, b"skipped: the real data are not here\n");
        return;
    }
    let reference = crate::fasta::read_fasta(data.join("grch38-20mb/ref.fa.gz")).expect("valid");
    let records = read_vcf(&path, reference.contigs()).expect("valid");
    assert_eq!(records.len(), 18_413);
    let mut het = 0;
    for record in &records {
        let interval = record.interval();
        let letters =
            rihla_core::base::decode_all(&reference.fetch(interval.contig, interval.start, interval.end));
        assert_eq!(letters, record.reference, "{interval:?}");
        het += usize::from(record.genotype.windows(2).any(|two| two[0] != two[1]));
    }
    assert!(het > 5_000 && records.iter().any(|record| record.is_phased));
    let easy = crate::bed::read_bed(data.join("grch38-20mb/easy.bed"), reference.contigs()).expect("valid");
    assert!(easy.bases() > 1_000_000);
}
