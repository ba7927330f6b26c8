//! BCF: the same calls as the VCF, and the bytes that htslib makes of them.

use std::collections::BTreeSet;
use std::process::Command;

use noodles::vcf::variant::RecordBuf;
use rihla_core::{AlleleReads, GvcfRecord, GvcfVariant, Interval, Reference, ReferenceBlock};
use rust_htslib::bcf::{self, Format, Header, Read};

use super::*;
use crate::IoErrorKind;

/// Two samples and every type, `DP` in INFO and FORMAT.
const HEADER: &str = "\
##fileformat=VCFv4.2
##ALT=<ID=NON_REF,Description=\"Any allele that is not listed\">
##INFO=<ID=END,Number=1,Type=Integer,Description=\"Last position, with a comma\">
##FILTER=<ID=PASS,Description=\"All filters passed\">
##FILTER=<ID=q10,Description=\"QUAL below 10\">
##FILTER=<ID=s50,Description=\"Few samples\">
##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">
##INFO=<ID=AF,Number=A,Type=Float,Description=\"Share\">
##INFO=<ID=AC,Number=A,Type=Integer,Description=\"Copies\">
##INFO=<ID=DB,Number=0,Type=Flag,Description=\"Known\">
##INFO=<ID=NOTE,Number=.,Type=String,Description=\"Words\">
##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">
##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Depths\">
##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Depth\">
##FORMAT=<ID=PL,Number=G,Type=Integer,Description=\"Likelihoods\">
##FORMAT=<ID=GP,Number=G,Type=Float,Description=\"Probabilities\">
##FORMAT=<ID=FT,Number=1,Type=String,Description=\"Filter\">
##contig=<ID=chr1,length=1000000>
##contig=<ID=chr2,length=1000000>
#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tONE\tTWO
";

/// Lines with all that is special.
const LINES: [&str; 14] = [
    "chr1\t1\t.\tA\tG\t30.03\tPASS\tDP=12;AF=0.5;AC=1\tGT:AD:DP:PL\t0/1:6,6:12:80,0,95\t0/0:9,0:9:0,27,300",
    "chr1\t1\trs1;rs2\tACGTACGTACGTACGTAC\tA,*,<NON_REF>\t.\tq10;s50\tDB;AF=0.333,1e-05,.;DP=.\tGT:AD\t1/2:1,2,3,4\t./.",
    "chr1\t2\t.\tC\t.\t0\t.\t.\tGT:DP\t0/0:.\t0:5",
    "chr1\t3\t.\tC\tT\t1e10\ts50\tDP=127\tGT:AD:PL\t0|1:.:.\t.:.,.:.,.,.",
    "chr1\t4\t.\tC\tT\t9.999\tPASS\tDP=128\tGT:PL\t1|0:0,127,128\t.|1:-120,-121,5",
    "chr1\t5\t.\tC\tT\t9.5\tPASS\tDP=-120;AC=.\tGT:PL\t1/1:32767,0,1\t0/1/1:0",
    "chr1\t6\t.\tC\tT\t9.5\tPASS\tDP=-121;AF=.\tGT:PL\t1/1:32768,.,1\t1:.",
    "chr1\t7\t.\tC\t<NON_REF>\t.\t.\tEND=500000\tGT:DP:PL\t0/0:33:0,60,900\t./.:0:0,0,0",
    "chr1\t500001\t.\tN\t<NON_REF>\t.\t.\tEND=500001\tGT:DP\t.\t./.",
    "chr2\t1\t.\tG\tT\t5\tPASS\tDP=32768;NOTE=a,b,long words\tGT:GP:FT\t0/1:0.1,0.9,1e-4:PASS\t0/1:.:.",
    "chr2\t2\t.\tG\tT\t5\tPASS\tDP=-32761;NOTE=.\tGT:GP:FT\t0/1:.,0.5:q10;s50\t0/1",
    "chr2\t3\t.\tG\tT,C,A,GT\t5\tPASS\tDP=2147483647\tGT:PL\t3/4:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14\t4/4",
    "chr2\t4\t.\tG\tGAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\t5\tPASS\t.\tGT\t0/1\t1/1",
    "chr2\t5\t.\tG\tT\t5\tPASS\tDP=1\t.\t.\t.",
];

fn place(line: &str) -> Interval {
    let columns: Vec<&str> = line.split('\t').collect();
    let start = columns[1].parse::<u32>().expect("POS") - 1;
    let end = columns[7].strip_prefix("END=").map(|end| end.parse().expect("END"));
    Interval::new(u32::from(columns[0] == "chr2"), start, end.unwrap_or(start + columns[3].len() as u32))
}

fn write_lines<'a>(path: &Path, lines: impl IntoIterator<Item = &'a str>) -> Result<(), crate::IoError> {
    let mut writer = RawVcfWriter::create(path, HEADER, &contigs(&[1_000_000, 1_000_000]))?;
    for line in lines {
        writer.write_line(place(line), format!("{line}\n").as_bytes())?;
    }
    writer.finish()
}

/// The same lines as a VCF and a BCF.
struct Pair {
    directory: tempfile::TempDir,
}

impl Pair {
    fn new(write: impl Fn(&Path)) -> Self {
        let pair = Self { directory: tempfile::tempdir().expect("temporary directory") };
        [pair.vcf(), pair.bcf()].iter().for_each(|path| write(path));
        pair
    }

    fn vcf(&self) -> std::path::PathBuf {
        self.directory.path().join("a.vcf")
    }

    fn bcf(&self) -> std::path::PathBuf {
        self.directory.path().join("a.bcf")
    }

    /// The BCF that htslib makes of the VCF, without its header.
    fn records_of_htslib(&self) -> Vec<u8> {
        let mut reader = bcf::Reader::from_path(self.vcf()).expect("valid");
        let path = self.directory.path().join("theirs.bcf");
        let header = Header::from_template(reader.header());
        let mut writer = bcf::Writer::from_path(&path, &header, false, Format::Bcf).expect("created");
        for record in reader.records() {
            let mut record = record.expect("valid");
            writer.translate(&mut record);
            writer.write(&record).expect("written");
        }
        drop(writer);
        records(&path)
    }

    /// Every record as noodles understands it, of the VCF and of the BCF.
    fn records_of_noodles(&self) -> [Vec<RecordBuf>; 2] {
        let mut reader =
            noodles::vcf::io::reader::Builder::default().build_from_path(self.vcf()).expect("there");
        let header = reader.read_header().expect("valid");
        let text = reader.record_bufs(&header).map(|record| record.expect("valid")).collect();
        let mut reader =
            noodles::bcf::io::reader::Builder::default().build_from_path(self.bcf()).expect("there");
        let header = reader.read_header().expect("valid");
        [text, reader.record_bufs(&header).map(|record| record.expect("valid")).collect()]
    }

    /// What bcftools shows of both, header and all.
    fn views_of_bcftools(&self) -> Option<[String; 2]> {
        let view = |path| {
            let output = Command::new("bcftools").args(["view", "--no-version"]).arg(path).output().ok()?;
            let problems = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success() && problems.is_empty(), "{problems}");
            Some(String::from_utf8(output.stdout).expect("text"))
        };
        Some([view(self.vcf())?, view(self.bcf())?])
    }
}

/// A BCF's bytes behind its header.
fn records(path: &Path) -> Vec<u8> {
    let bytes = unpacked(path);
    let (start, rest) = bytes.split_at(9);
    let length = u32::from_le_bytes(start[5..].try_into().expect("four bytes"));
    assert_eq!(rest[length as usize - 1], 0, "the header ends with a zero");
    rest[length as usize..].to_vec()
}

#[test]
fn special_lines_are_the_bytes_of_htslib() {
    // htslib gives text behind another field of FORMAT one zero more than it needs.
    let lines = LINES.into_iter().filter(|line| !line.contains(":FT"));
    for line in lines {
        let pair = Pair::new(|path| write_lines(path, [line]).expect("written"));
        assert_eq!(records(&pair.bcf()), pair.records_of_htslib(), "{line}");
    }
}

#[test]
fn special_lines_are_read_as_those_of_the_vcf() {
    let all = Pair::new(|path| write_lines(path, LINES).expect("written"));
    let (mut ours, mut text) =
        [all.bcf(), all.vcf()].map(|path| bcf::Reader::from_path(path).expect("valid")).into();
    let mut count = 0;
    for (ours, text) in ours.records().zip(text.records()) {
        let (ours, text) = (ours.expect("valid"), text.expect("valid"));
        assert_eq!(ours.to_vcf_string().expect("a line"), text.to_vcf_string().expect("a line"));
        count += 1;
    }
    assert_eq!(count, LINES.len());
    if let Some([text, binary]) = all.views_of_bcftools() {
        assert_eq!(text, binary);
    }
}

#[test]
fn the_header_is_that_of_the_vcf() {
    let pair = Pair::new(|path| write_lines(path, LINES).expect("written"));
    let bytes = unpacked(&pair.bcf());
    let text = String::from_utf8(bytes[9..].split(|&byte| byte == 0).next().expect("text").to_vec());
    let lines: Vec<String> = text.expect("UTF-8").lines().map(str::to_owned).collect();
    let plain = |line: &String| match line.rsplit_once(",IDX=") {
        Some((start, _)) => format!("{start}>\n"),
        None => format!("{line}\n"),
    };
    assert_eq!(lines.iter().map(plain).collect::<String>(), HEADER);
    // The field of INFO and that of FORMAT share their number, and PASS has the first.
    let number = |start: &str| {
        let line = lines.iter().find(|line| line.starts_with(start)).expect("there");
        line.rsplit_once("IDX=").expect("a number").1.to_owned()
    };
    assert_eq!(number("##INFO=<ID=DP,"), number("##FORMAT=<ID=DP,"));
    assert_eq!(number("##FILTER=<ID=PASS,"), "0>");
}

#[test]
fn wrong_lines_name_their_place_and_leave_nothing() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("a.bcf");
    for (rest, words) in [
        ("5\tPASS\tDP=1.5\tGT\t0/1\t0/1", "INFO DP: 1.5 is no integer"),
        ("5\tPASS\tDP\tGT\t0/1\t0/1", "INFO DP: the value is missing"),
        ("5\tPASS\tXX=1\tGT\t0/1\t0/1", "the header lacks the INFO XX"),
        ("5\tq20\tDP=1\tGT\t0/1\t0/1", "the header lacks the filter q20"),
        ("x\tPASS\tDP=1\tGT\t0/1\t0/1", "QUAL: x is no number"),
        ("5\tPASS\tDP=1\tGT:XX\t0/1\t0/1", "the header lacks the FORMAT XX"),
        ("5\tPASS\tDP=1\tGT\t0/x\t0/1", "FORMAT GT: 0/x is no genotype"),
        ("5\tPASS\tDP=1\tGT:AD\t0/1:a\t0/1", "FORMAT AD: a is no integer"),
        ("5\tPASS\tDP=1\tGT\t0/1:3\t0/1", "more values than FORMAT"),
        ("5\tPASS\tDP=1\tGT\t0/1", "columns of 1 samples, the header of 2"),
        ("5\tPASS", "column INFO is missing"),
    ] {
        let line = format!("chr2\t77\t.\tA\tC\t{rest}");
        let mut writer =
            RawVcfWriter::create(&path, HEADER, &contigs(&[1_000_000, 1_000_000])).expect("created");
        let error = writer.write_line(Interval::new(1, 76, 77), line.as_bytes()).expect_err("wrong");
        assert_eq!(error.kind(), IoErrorKind::BadData);
        let text = error.to_string();
        assert!(text.contains("a.bcf, contig number 1, position 77: ") && text.contains(words), "{text}");
        drop(writer);
        assert_eq!(fs::read_dir(directory.path()).expect("directory").count(), 0);
    }
}

#[test]
fn what_bcf_cannot_hold_is_refused() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("a.bcf");
    let other = RawVcfWriter::create(&path, HEADER, &contigs(&[1_000_000])).err().expect("other contigs");
    assert_eq!(other.kind(), IoErrorKind::Usage);
    let untyped = HEADER.replace("ID=DP,Number=1,Type=Integer", "ID=DP,Number=1");
    let untyped = RawVcfWriter::create(&path, &untyped, &contigs(&[1_000_000, 1_000_000])).err();
    assert!(untyped.expect("no type").to_string().contains("has no type"));
    let long = u32::MAX;
    let mut writer = VcfWriter::create(&path, &header(&[long])).expect("created");
    let error = writer.write(&record(0, long - 10, "A", &["C"])).expect_err("far").to_string();
    assert!(error.contains("behind 2^31"), "{error}");
    drop(writer);
    let mut writer = RawVcfWriter::create(&path, HEADER, &contigs(&[1_000_000, 1_000_000])).expect("created");
    let chunk = VcfChunk::new([(place(LINES[0]), LINES[0].as_bytes())], writer.packing());
    assert_eq!(writer.write_chunk(&chunk).expect_err("text").kind(), IoErrorKind::Usage);
    drop(writer);
    assert_eq!(fs::read_dir(directory.path()).expect("directory").count(), 0);
}

/// A gVCF with a block longer than an index's bin.
fn write_gvcf(path: &Path) {
    let reference = Reference::from_letters(contigs(&[200_000]), &[b"ACGT".repeat(50_000)]);
    let header = VcfHeader { contigs: reference.contigs().clone(), ..header(&[]) };
    let bands = [(0, 20), (20, 60)].into_iter();
    let mut writer = GvcfWriter::create(path, &header, SymbolicAllele::NonRef, bands).expect("created");
    let block = |start, end, likelihoods| {
        GvcfRecord::Block(ReferenceBlock {
            contig: 0,
            start,
            end,
            ploidy: if start == 0 { 1 } else { 2 },
            depth: 30,
            min_depth: 28,
            likelihoods,
        })
    };
    let mut variant = record(0, 150_000, "ACGTA", &["A", "*"]);
    variant.filters = vec!["LowQual", "StrandBias"];
    let variant = GvcfVariant {
        record: variant,
        other_depth: 1,
        likelihoods: (0..10).map(|i| i * 4_000).collect(),
        strands: [5, 5, 300, 6],
        // More than BCF's integers hold.
        squared_mapping_quality: 3_600_000_000,
        alleles: vec![
            AlleleReads { strands: [5, 5], squared_mapping_quality: 36_000, ..AlleleReads::default() },
            AlleleReads { strands: [300, 6], base_quality_rank_sum: Some(-1.26), ..AlleleReads::default() },
            AlleleReads::default(),
        ],
    };
    let variant = GvcfRecord::Variant(Box::new(variant));
    for line in [block(0, 150_000, [60, 900]), variant, block(150_005, 200_000, [0, 0])] {
        writer.write(&line, &reference).expect("written");
    }
    writer.finish().expect("finished");
}

#[test]
fn blocks_of_a_gvcf_are_found_wherever_they_reach() {
    let pair = Pair::new(write_gvcf);
    assert_eq!(records(&pair.bcf()), pair.records_of_htslib());
    let mut reader = bcf::IndexedReader::from_path(pair.bcf()).expect("indexed");
    for (at, expected) in
        [(0, 0), (100_000, 0), (149_999, 0), (150_000, 150_000), (150_004, 150_000), (199_999, 150_005)]
    {
        reader.fetch(0, at, Some(at)).expect("fetched");
        let found: Vec<i64> = reader.records().map(|record| record.expect("valid").pos()).collect();
        assert_eq!(found, [expected], "{at}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn records_are_those_of_the_vcf(mut calls in prop::collection::vec(any_record(), 0..60)) {
        calls.sort_by_key(|record| (record.contig, record.position));
        let header = header(&[1_000_000, 1_000_000]);
        let pair = Pair::new(|path| write(path, &header, &calls));
        let [text, binary] = pair.records_of_noodles();
        prop_assert_eq!(text.len(), calls.len());
        prop_assert_eq!(text, binary);
        prop_assert_eq!(records(&pair.bcf()), pair.records_of_htslib());
        let before = fs::read(pair.bcf()).expect("read");
        write(&pair.bcf(), &header, &calls);
        prop_assert_eq!(before, fs::read(pair.bcf()).expect("read"));
    }
}

/// The header's lines and the records of a BCF, read as a VCF.
fn read_back(path: &Path) -> Result<(Vec<String>, Vec<String>), crate::IoError> {
    let mut lines = VcfLines::open(path)?;
    let mut records = Vec::new();
    while let Some(line) = lines.next_line()? {
        records.push(String::from_utf8(line.to_vec()).expect("text"));
    }
    Ok((lines.header().lines.clone(), records))
}

#[test]
fn bcf_is_read_as_the_vcf_that_it_stands_for() {
    let pair = Pair::new(|path| write_lines(path, LINES).expect("written"));
    let (header, records) = read_back(&pair.bcf()).expect("read");
    let Some([_, view]) = pair.views_of_bcftools() else { return };
    let (heads, lines): (Vec<&str>, Vec<&str>) = view.lines().partition(|line| line.starts_with('#'));
    // bcftools puts the line of PASS first.
    let heads: BTreeSet<&str> = heads.into_iter().filter(|line| line.starts_with("##")).collect();
    assert_eq!(header.iter().map(String::as_str).collect::<BTreeSet<_>>(), heads);
    // The same numbers, otherwise written.
    let as_bcftools =
        |line: &String| line.replace("0.00001", "1e-05").replace("\t10000000000\t", "\t1e+10\t");
    assert_eq!(records.iter().map(as_bcftools).collect::<Vec<_>>(), lines);
}

#[test]
fn bcf_that_was_cut_is_an_error_at_every_length() {
    let pair = Pair::new(|path| write_lines(path, LINES.into_iter().take(3)).expect("written"));
    let plain = unpacked(&pair.bcf());
    let path = pair.directory.path().join("plain.bcf");
    let whole = read_back(&pair.bcf()).expect("read");
    std::fs::write(&path, &plain).expect("written");
    assert_eq!(read_back(&path).expect("without compression"), whole);
    let mut sound = 0;
    for length in 1..plain.len() {
        std::fs::write(&path, &plain[..length]).expect("written");
        match read_back(&path) {
            // Nothing tells that records are missing where the cut lies between two of them.
            Ok((_, records)) => {
                sound += 1;
                assert!(whole.1.starts_with(&records));
            }
            Err(error) => assert_eq!(error.kind(), crate::IoErrorKind::BadData, "{length}: {error}"),
        }
    }
    assert_eq!(sound, whole.1.len());
}

#[test]
fn bcf_with_a_changed_byte_is_read_or_an_error() {
    let pair = Pair::new(|path| write_lines(path, LINES).expect("written"));
    let plain = unpacked(&pair.bcf());
    let path = pair.directory.path().join("plain.bcf");
    let mut broken = 0;
    for at in 5..plain.len() {
        for changed in [plain[at] ^ 1, plain[at] ^ 0x10, 0xff] {
            let mut bytes = plain.clone();
            bytes[at] = changed;
            std::fs::write(&path, &bytes).expect("written");
            if let Err(error) = read_back(&path) {
                assert_eq!(error.kind(), crate::IoErrorKind::BadData, "byte {at}, {changed}: {error}");
                broken += 1;
            }
        }
    }
    assert!(broken > 1000, "{broken} broken");
}
