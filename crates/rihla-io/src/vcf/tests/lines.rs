//! The stream of lines and their heads.

use std::io::Write;

use super::*;
use crate::{IoError, IoErrorKind};

const HEADER: &str = "##fileformat=VCFv4.2\n##contig=<ID=chr1,length=1000>\n##contig=<length=5,ID=chr2>\n\
                      #CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tNA1\tNA2\n";

fn open(bytes: &[u8]) -> Result<VcfLines, IoError> {
    let file = tempfile::NamedTempFile::new().expect("temporary file");
    fs::write(file.path(), bytes).expect("written");
    VcfLines::open(file.path())
}

fn all(lines: &mut VcfLines) -> Result<Vec<(u64, String)>, IoError> {
    let mut found = Vec::new();
    while let Some(line) = lines.next_line()? {
        let line = String::from_utf8(line.to_vec()).expect("text");
        found.push((lines.line_number(), line));
    }
    Ok(found)
}

#[test]
fn header_and_lines() {
    let text = format!("{HEADER}chr1\t5\n\nchr2\t7\r\n");
    let mut compressed = noodles_bgzf::io::Writer::new(Vec::new());
    compressed.write_all(text.as_bytes()).expect("memory");
    for bytes in [text.clone().into_bytes(), compressed.finish().expect("memory")] {
        let mut lines = open(&bytes).expect("a VCF");
        let header = lines.header();
        assert_eq!(header.lines, HEADER.lines().take(3).collect::<Vec<_>>());
        assert_eq!(
            (&header.samples[..], &header.contigs[..]),
            (&["NA1", "NA2"].map(String::from)[..], &["chr1", "chr2"].map(String::from)[..])
        );
        assert_eq!((header.sample("NA2"), header.sample("NA3")), (Some(1), None));
        assert_eq!(all(&mut lines).expect("lines"), [(5, "chr1\t5".into()), (7, "chr2\t7".into())]);
        let error = lines.problem("words").to_string();
        assert!(error.ends_with(", line 7: words"), "{error}");
        assert_eq!(error, IoError::record(lines.path(), 7, "words").to_string());
    }
}

#[test]
fn no_samples() {
    for end in ["", "\tFORMAT"] {
        let text = format!("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO{end}\n");
        let lines = open(text.as_bytes()).expect("a VCF");
        assert!(lines.header().samples.is_empty() && lines.header().lines.is_empty());
    }
}

#[test]
fn each_wrong_header_names_its_line() {
    let columns = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO";
    for (text, line, words) in [
        ("BCF\u{2}\u{2}...".to_owned(), 1, "end too early"),
        ("chr1\t5\n".to_owned(), 1, "a record before the #CHROM line"),
        ("#CHROM POS ID REF ALT QUAL FILTER INFO\n".to_owned(), 1, "separated by tabs"),
        (format!("{columns}\tNA1\n"), 2, "not FORMAT"),
        (format!("{columns}X\tFORMAT\n"), 2, "not FORMAT"),
        (format!("{columns}\tFORMAT\tA\tB\tA\n"), 2, "sample A has two columns"),
    ] {
        let error = open(text.as_bytes()).err().expect("a fault");
        assert_eq!(error.kind(), IoErrorKind::BadData);
        let error = error.to_string();
        assert!(error.contains(&format!(", line {line}: ")) && error.contains(words), "{error}");
    }
    let error = open(b"##a\n\xff\n").err().expect("a fault").to_string();
    assert!(error.contains("line 2: "), "{error}");
    let mut joined = open(format!("{HEADER}chr1\t5\n{HEADER}").as_bytes()).expect("a VCF");
    let error = all(&mut joined).expect_err("two files in one").to_string();
    assert!(error.contains("line 6: a header line among the records"), "{error}");
}

#[test]
fn heads() {
    let head = RecordHead::scan(b"chr1\t10\trs1\tACG\t\xff").expect("sound so far");
    assert_eq!(head, RecordHead { contig: "chr1", position: 9, reference_length: 3 });
    assert_eq!(head.end(), 12);
    for (line, words) in [
        (&b""[..], "CHROM is empty"),
        (b"chr1", "POS is missing"),
        (b"chr1\t1\t.", "REF is missing"),
        (b"chr1\t1\t.\t\tA", "REF is empty"),
        (b"\xff\t1\t.\tA", "not UTF-8"),
        (b"chr1\t0\t.\tA", "POS 0 is no position"),
        (b"chr1\t\t.\tA", "no position"),
        (b"chr1\t+5\t.\tA", "no position"),
        (b"chr1\t4294967296\t.\tA", "no position"),
        (b"chr1\t4294967295\t.\tAC", "behind every contig"),
    ] {
        // An empty line has no POS either.
        let problem = RecordHead::scan(line).expect_err("a fault");
        assert!(problem.contains(words) || line.is_empty(), "{problem}");
    }
}

proptest! {
    /// Where a line can be read at all, its head says the same.
    #[test]
    fn heads_are_those_of_sites(
        (position, id) in ("[0-9]{1,10}", "[a-z.;]{0,4}"),
        reference in "[ACGTN*.<]{0,5}",
        rest in "\t[ACGT,.]{0,5}\t[0-9.na]{0,3}\t(PASS|\\.|x)\t(\\.|A=1)",
        cut: prop::sample::Index,
    ) {
        let line = format!("chr1\t{position}\t{id}\t{reference}{rest}");
        for line in [&line[..], &line[..cut.index(line.len())]] {
            let head = RecordHead::scan(line.as_bytes());
            if let Ok(site) = parse_site(line.as_bytes(), None) {
                let head = head.expect("a head");
                prop_assert_eq!((head.position, head.end()), (site.position, site.end()));
            }
        }
    }
}
