//! Lines against htslib's, field by field, over records with every kind of tag.

use std::fs;

use proptest::prelude::*;
use rihla_core::record::{Placement, flags};
use rihla_core::{Cigar, Contig, RecordArena, RecordBuilder};
use rust_htslib::bam::{self as hts, Read};

use super::*;
use crate::bam::{BamHeader, RecordOrder};
use crate::records::{RecordFormat, RecordWriter};

fn contigs() -> Contigs {
    let contig = |name: &str| Contig { name: name.to_owned(), length: 2_000_000_000, md5: [7; 16] };
    Contigs::new(["chr1", "HLA*A:01", "c"].into_iter().map(contig).collect())
}

/// Tags of every type, with values at their ends.
fn tags(pick: u32) -> Vec<u8> {
    let all: [&[u8]; 14] = [
        b"XAAx",
        b"XBc\x80",
        b"XCC\xff",
        b"XDs\x00\x80",
        b"XES\xff\xff",
        b"XFi\x00\x00\x00\x80",
        b"XGI\xff\xff\xff\xff",
        b"XHf\x00\x00\xc0\x3f",
        b"XIZsome text: here\x00",
        b"XJH0AFF\x00",
        b"XKZ\x00",
        b"XLBs\x03\x00\x00\x00\x01\x00\xff\xff\x00\x80",
        b"XMBf\x01\x00\x00\x00\x00\x00\x20\xc1",
        b"XNBC\x02\x00\x00\x00\x00\xff",
    ];
    (0..all.len()).filter(|i| pick >> i & 1 == 1).flat_map(|i| all[i].iter().copied()).collect()
}

fn numbers() -> impl Strategy<Value = u32> {
    let edges = prop::sample::select(vec![0, 8, 9, 98, 99, 100, 998, 999, 99_999, 1_000_000_000]);
    prop_oneof![edges, 0..2_000_000_000u32]
}

prop_compose! {
    fn record()(
        name in "[!-?A-~]{1,30}",
        places in prop::collection::vec(prop::option::of((0..3u32, numbers())), 2),
        cigar in prop::sample::select(vec!["*", "5M", "2S100M3I7D20N4M1H", "1=1X1P2M"]),
        bits in any::<u16>(),
        mapq in any::<u8>(),
        template_length in any::<i32>(),
        bases in prop::collection::vec((0..5u8, 0..94u8), 0..9),
        no_qualities in any::<bool>(),
        pick in any::<u32>(),
    ) -> Vec<u8> {
        let mut arena = RecordArena::new();
        let cigar = Cigar::parse(if bases.is_empty() { cigar } else { "*" }).expect("valid");
        let (codes, mut qualities): (Vec<u8>, Vec<u8>) = bases.into_iter().unzip();
        if no_qualities {
            qualities.fill(NO_QUALITY);
        }
        // htslib drops flags that contradict the place; the bits here are free of that.
        let flags = (bits & 0xfff) | if places[0].is_none() { flags::UNMAPPED } else { 0 };
        let placement = Placement { flags, place: places[0], mapq, mate: places[1], template_length };
        RecordBuilder::start(&mut arena, &placement, name.as_bytes(), cigar.ops(), &codes, &qualities).finish();
        [arena.get(0).bytes(), &tags(pick)].concat()
    }
}

/// The records as htslib says them, from our BAM.
fn by_htslib(records: &RecordArena) -> String {
    let dir = tempfile::tempdir().expect("a folder");
    let (bam, sam) = (dir.path().join("a.bam"), dir.path().join("a.sam"));
    let header = BamHeader { contigs: contigs(), order: RecordOrder::Input, ..BamHeader::default() };
    let format = RecordFormat::Bam { level: 0 };
    let mut writer = RecordWriter::create(&bam, &header, format).expect("created");
    let mut bytes = Vec::new();
    format.encode(records.iter(), &contigs(), &mut bytes);
    writer.append(&bytes).expect("written");
    writer.finish().expect("named");
    let mut reader = hts::Reader::from_path(&bam).expect("opened");
    let header = hts::Header::from_template(reader.header());
    let mut text = hts::Writer::from_path(&sam, &header, hts::Format::Sam).expect("created");
    reader.records().for_each(|record| text.write(&record.expect("valid")).expect("written"));
    drop(text);
    let text = fs::read_to_string(sam).expect("text");
    text.split_inclusive('\n').filter(|line| !line.starts_with('@')).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn lines_are_those_of_htslib(list in prop::collection::vec(record(), 1..40)) {
        let mut records = RecordArena::new();
        list.iter().for_each(|record| records.push(record));
        let mut ours = Vec::new();
        RecordFormat::Sam.encode(records.iter(), &contigs(), &mut ours);
        let (ours, theirs) = (String::from_utf8(ours).expect("text"), by_htslib(&records));
        prop_assert_eq!(ours.lines().count(), theirs.lines().count());
        for (ours, theirs) in ours.lines().zip(theirs.lines()) {
            prop_assert!(ours.split('\t').eq(theirs.split('\t')), "\n{}\n{}", ours, theirs);
        }
    }
}
