mod contigs;

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use rihla_core::base;

use super::*;

fn read(bytes: &[u8]) -> Result<Reference, IoError> {
    let mut file = tempfile::NamedTempFile::new().expect("temporary file");
    file.write_all(bytes).expect("written");
    read_fasta(file.path())
}

fn letters(reference: &Reference, contig: u32) -> Vec<u8> {
    base::decode_all(&reference.fetch(contig, 0, u32::MAX))
}

fn problem(bytes: &[u8]) -> String {
    let error = read(bytes).err().expect("an error");
    assert_eq!(error.kind(), crate::IoErrorKind::BadData);
    error.to_string()
}

#[test]
fn many_lines_cases_and_codes() {
    let reference = read(b">a first\r\nACgt\r\n\r\nRN\r\n>b\tx\nT\n").expect("valid");
    assert_eq!(letters(&reference, 0), b"ACGTNN");
    assert_eq!(letters(&reference, 1), b"T");
    let names: Vec<_> = reference.contigs().iter().map(|contig| contig.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
}

#[test]
fn digest_is_of_the_upper_case_letters() {
    // printf ACGT | md5sum; printf ACGTR | md5sum
    let reference = read(b">a\nac\ngt\n>b\nACGTR\n").expect("valid");
    assert_eq!(reference.contigs().get(0).md5_hex(), "f1f8f4bf413b16ad135722aa4591043e");
    assert_eq!(reference.contigs().get(1).md5_hex(), "8586a40cf422eaba288096a85e0e6a96");
}

#[test]
fn each_fault_names_its_line() {
    for (bytes, line, words) in [
        (&b"ACGT\n"[..], 1, "before the first"),
        (b">a\nAC\n>\nGT\n", 3, "no name"),
        (b"> a\nAC\n", 1, "no name"),
        (b">a\nAC\n>a\nGT\n", 3, "second time"),
        (b">a\n>b\nGT\n", 2, "contig a, which ends here, has no bases"),
        (b">a\nAC\n>b\n", 3, "contig b, which ends here, has no bases"),
        (b">a\nAC\nA1C\n", 3, "'1' is no nucleotide"),
        (b">a\nA C\n", 2, "' ' is no nucleotide"),
        (b">p\nMKVLE\n", 2, "'L' is no nucleotide"),
        (b">a(b)\nAC\n", 1, "SAM forbids"),
        (b">*a\nAC\n", 1, "SAM forbids"),
        (b"@r1\nACGT\n+\nIIII\n", 1, "not a FASTA"),
    ] {
        let text = problem(bytes);
        assert!(text.contains(&format!("line {line}: ")) && text.contains(words), "{text}");
    }
    assert!(problem(b"").contains("holds no sequence"));
    assert!(problem(b"\n\n").contains("holds no sequence"));
}

#[test]
fn missing_file_is_missing() {
    let error = read_fasta("/no/such/file.fa").err().expect("an error");
    assert_eq!(error.kind(), crate::IoErrorKind::MissingInput);
    assert!(error.to_string().contains("/no/such/file.fa"));
}

#[test]
fn cut_gzip_is_refused() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(b">a\nACGTTGCA\n").expect("memory");
    let whole = encoder.finish().expect("memory");
    assert_eq!(letters(&read(&whole).expect("whole"), 0), b"ACGTTGCA");
    for length in [3, 12, whole.len() / 2, whole.len() - 1] {
        problem(&whole[..length]);
    }
}

proptest! {
    #[test]
    fn any_wrapping_and_compression_gives_the_letters(
        sequences in prop::collection::vec("[ACGTNacgtn]{1,200}", 1..5),
        width in 1usize..80,
        blocked: bool,
    ) {
        let mut text = Vec::new();
        for (i, sequence) in sequences.iter().enumerate() {
            text.extend_from_slice(format!(">c{i} some words\n").as_bytes());
            for line in sequence.as_bytes().chunks(width) {
                text.extend_from_slice(line);
                text.push(b'\n');
            }
        }
        let bytes = if blocked {
            let mut writer = noodles_bgzf::io::Writer::new(Vec::new());
            writer.write_all(&text).expect("memory");
            writer.finish().expect("memory")
        } else {
            text
        };
        let reference = read(&bytes).expect("valid");
        for (i, sequence) in sequences.iter().enumerate() {
            prop_assert_eq!(letters(&reference, i as u32), sequence.to_ascii_uppercase().into_bytes());
        }
    }
}
