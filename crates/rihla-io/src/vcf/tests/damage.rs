//! Damaged and malformed VCF: one clear error each, with the line.

use super::*;
use crate::{IoError, IoErrorKind};

const COLUMNS: &str = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS";

fn read(bytes: &[u8]) -> Result<Vec<VcfRecord>, IoError> {
    let file = tempfile::NamedTempFile::new().expect("temporary file");
    fs::write(file.path(), bytes).expect("written");
    read_vcf(file.path(), &contigs(&[1_000]))
}

fn read_line(line: &str) -> Result<Vec<VcfRecord>, IoError> {
    read(format!("##fileformat=VCFv4.2\n{COLUMNS}\n{line}\n").as_bytes())
}

#[test]
fn foreign_records_are_understood() {
    let records = read_line("chr1\t10\trs1\tac\tg,<DEL>,*\t.\t.\tX=1\tDP:GT\t5:1|3").expect("valid");
    let expected = VcfRecord {
        contig: 0,
        position: 9,
        reference: b"AC".to_vec(),
        alternates: vec![b"G".to_vec(), b"<DEL>".to_vec(), b"*".to_vec()],
        quality: None,
        is_pass: true,
        genotype: vec![Some(1), Some(3)],
        is_phased: true,
    };
    assert_eq!(records, [expected]);
    let sites_only = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n\
                      chr1\t10\t.\tA\t.\t3e2\tq10\t.\n";
    let sites_only = read(sites_only.as_bytes()).expect("valid");
    assert!(
        sites_only[0].genotype.is_empty() && !sites_only[0].is_pass && sites_only[0].alternates.is_empty()
    );
    assert_eq!(sites_only[0].quality, Some(300.0));
    let missing = read_line("chr1\t10\t.\tA\tC\t.\tPASS\t.\tGT\t./1").expect("valid");
    assert_eq!(missing[0].genotype, [None, Some(1)]);
}

#[test]
fn each_fault_names_its_line() {
    for (line, words) in [
        ("1\t10\t.\tA\tC\t.\t.\t.", "contig 1 is called chr1"),
        ("chrX\t10\t.\tA\tC\t.\t.\t.", "contig chrX is not in the reference"),
        ("chr1\t0\t.\tA\tC\t.\t.\t.", "no position from 1"),
        ("chr1\tx\t.\tA\tC\t.\t.\t.", "no position from 1"),
        ("chr1\t10\t.\t\tC\t.\t.\t.", "column REF is empty"),
        ("chr1\t10\t.\tA\tC,\t.\t.\t.", "an allele is empty"),
        ("chr1\t10\t.\tA\tC\tx\t.\t.", "QUAL x is no number"),
        ("chr1\t10\t.\tA\tC", "column QUAL is missing"),
        ("chr1\t10\t.\tA\tC\t.\t.\t.", "column FORMAT is missing"),
        ("chr1\t10\t.\tA\tC\t.\t.\t.\tGT", "column of sample 1 is missing"),
        ("chr1\t1000\t.\tAC\tC\t.\t.\t.\tGT\t1", "behind contig chr1"),
        ("chr1\t4294967295\t.\tAC\tC\t.\t.\t.\tGT\t1", "behind every contig"),
        ("chr1\t10\t.\tA\tC\t.\t.\t.\tGT\t0/2", "names allele"),
        ("chr1\t10\t.\tA\tC\t.\t.\t.\tGT\t0/x", "names allele"),
    ] {
        let error = read_line(line).expect_err("a fault").to_string();
        assert!(error.contains("line 3: ") && error.contains(words), "{error}");
    }
}

#[test]
fn other_files_are_refused() {
    for bytes in [&b""[..], b"chr1\t1\t.\tA\tC\t.\t.\t.\n", b">a\nACGT\n", b"##fileformat=VCFv4.2\n"] {
        assert_eq!(read(bytes).expect_err("no VCF").kind(), IoErrorKind::BadData);
    }
    let error = read_vcf("/no/such.vcf.gz", &contigs(&[10])).expect_err("missing");
    assert_eq!(error.kind(), IoErrorKind::MissingInput);
}

#[test]
fn cut_files_are_refused_wherever_they_were_cut() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("a.vcf.gz");
    let records: Vec<_> = (0..900).map(|i| record(0, i, "A", &["G"])).collect();
    write(&path, &header(&[1_000]), &records);
    let whole = fs::read(&path).expect("read");
    assert_eq!(read(&whole).expect("whole").len(), 900);
    for part in 1..60 {
        let error = read(&whole[..whole.len() * part / 60]).expect_err("cut");
        assert_eq!(error.kind(), IoErrorKind::BadData, "{error}");
    }
}
