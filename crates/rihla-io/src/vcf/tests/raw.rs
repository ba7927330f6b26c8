//! Ready lines: given one by one or packed elsewhere, the file and its index are sound.

use proptest::sample::Index;
use rihla_core::Interval;
use rust_htslib::bcf::{self, Read};

use super::*;
use crate::IoErrorKind;

const LENGTHS: [u32; 2] = [1_000_000, 700_000_000];

fn header_text() -> String {
    header(&LENGTHS).to_text().expect("plain")
}

/// Sorted lines with their places; a few are longer than a block.
fn lines(places: &[(u32, u32, u32, u32)]) -> Vec<(Interval, Vec<u8>)> {
    let mut places = places.to_vec();
    places.sort_unstable();
    let line = |&(contig, start, length, filler): &(u32, u32, u32, u32)| {
        let (reference, filler) = ("A".repeat(length as usize), "rs".repeat(filler as usize));
        let text =
            format!("chr{}\t{}\t{filler}x\t{reference}\tC\t9\tPASS\tDP=1\tGT\t0/1\n", contig + 1, start + 1);
        (Interval::new(contig, start, start + length), text.into_bytes())
    };
    places.iter().map(line).collect()
}

fn borrowed(lines: &[(Interval, Vec<u8>)]) -> impl Iterator<Item = (Interval, &[u8])> {
    lines.iter().map(|(place, line)| (*place, &line[..]))
}

/// What a file of these lines must say.
fn text(lines: &[(Interval, Vec<u8>)]) -> Vec<u8> {
    let lines: Vec<&[u8]> = lines.iter().map(|(_, line)| &line[..]).collect();
    [header_text().into_bytes(), lines.concat()].concat()
}

/// Writes chunks that end at these places among the lines, every third one's lines one by one.
fn write_cut(path: &Path, lines: &[(Interval, Vec<u8>)], cuts: &[usize]) {
    let contigs = contigs(&LENGTHS);
    let mut writer = RawVcfWriter::create(path, &header_text(), &contigs).expect("created");
    let mut start = 0;
    for (i, &end) in cuts.iter().chain([&lines.len()]).enumerate() {
        let part = &lines[start..end];
        if i % 3 == 2 {
            borrowed(part).for_each(|(place, line)| writer.write_line(place, line).expect("sorted"));
        } else {
            let chunk = VcfChunk::new(borrowed(part), writer.packing());
            assert_eq!(chunk.records(), part.len());
            writer.write_chunk(&chunk).expect("sorted");
        }
        start = end;
    }
    writer.finish().expect("finished");
}

fn any_places() -> impl Strategy<Value = Vec<(u32, u32, u32, u32)>> {
    let length = prop_oneof![20 => 1u32..4, 1 => 1u32..60_000];
    let filler = prop_oneof![20 => 0u32..300, 1 => 0u32..60_000];
    prop::collection::vec((0u32..2, 0u32..900_000, length, filler), 0..300)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_chunks_make_the_file(places in any_places(), cuts in prop::collection::vec(any::<Index>(), 0..6)) {
        let lines = lines(&places);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(lines.len() + 1)).collect();
        cuts.sort_unstable();
        let directory = tempfile::tempdir().expect("temporary directory");
        for name in ["a.vcf", "a.vcf.gz"] {
            let path = directory.path().join(name);
            write_cut(&path, &lines, &cuts);
            prop_assert!(unpacked(&path) == text(&lines));
            let bytes = fs::read(&path).expect("read");
            write_cut(&path, &lines, &cuts);
            prop_assert!(bytes == fs::read(&path).expect("read"));
        }
        let mut reader = bcf::IndexedReader::from_path(directory.path().join("a.vcf.gz")).expect("indexed");
        for (contig, start, length, _) in places.iter().step_by(7).chain([&(0, 0, 9_999, 0), &(1, 500_000, 70_000, 0)]) {
            let region = Interval::new(*contig, *start, start + length);
            let expected: Vec<u32> =
                lines.iter().filter(|(place, _)| place.overlaps(&region)).map(|(place, _)| place.start).collect();
            if reader.fetch(region.contig, region.start.into(), Some(u64::from(region.end) - 1)).is_err() {
                // htslib refuses a contig without any record.
                prop_assert!(expected.is_empty());
                continue;
            }
            let found: Vec<u32> = reader.records().map(|record| record.expect("valid").pos() as u32).collect();
            prop_assert_eq!(found, expected);
        }
    }
}

#[test]
fn many_chunks_are_found_by_index() {
    let places: Vec<_> =
        (0..30_000).map(|i| (i / 20_000, i % 20_000 * 31, 1 + i % 90 / 89 * 5_000, i % 40)).collect();
    let lines = lines(&places);
    let cuts: Vec<usize> = (1..30).map(|i| i * 977).collect();
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("a.vcf.gz");
    write_cut(&path, &lines, &cuts);
    let mut reader = bcf::IndexedReader::from_path(&path).expect("indexed");
    for part in 0..300u32 {
        let region = Interval::new(part % 2, part * 2_100, part * 2_100 + 1 + part % 7 * 3_000);
        reader.fetch(region.contig, region.start.into(), Some(u64::from(region.end) - 1)).expect("fetched");
        let found: Vec<_> = reader.records().map(|record| record.expect("valid").pos() as u32).collect();
        let expected: Vec<_> =
            lines.iter().filter(|(place, _)| place.overlaps(&region)).map(|(place, _)| place.start).collect();
        assert_eq!(found, expected, "{region:?}");
    }
}

#[test]
fn half_a_header_is_refused() {
    let whole = header_text();
    for text in ["", "##fileformat=VCFv4.2\n", whole.trim_end()] {
        let error = RawVcfWriter::create("no-such-directory/a.vcf", text, &contigs(&LENGTHS)).err();
        assert_eq!(error.expect("refused").kind(), IoErrorKind::Usage);
    }
}

#[test]
fn disorder_and_other_packing_are_refused() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("a.vcf.gz");
    let contigs = contigs(&LENGTHS);
    let mut writer = RawVcfWriter::create(&path, &header_text(), &contigs).expect("created");
    let first = lines(&[(0, 50, 1, 0)]);
    writer.write_chunk(&VcfChunk::new(borrowed(&first), Packing::Bgzf(1))).expect("another level will do");
    let plain = writer.write_chunk(&VcfChunk::new(borrowed(&first), Packing::Plain)).expect_err("plain");
    assert_eq!(plain.kind(), IoErrorKind::Usage);
    let line = b"x\n";
    for (place, words) in [
        (Interval::new(0, 49, 50), "must be sorted"),
        (Interval::new(0, 999_999, 1_000_001), "behind its contig"),
        (Interval::new(2, 1, 2), "lacks its contig"),
    ] {
        let chunk = VcfChunk::new([(place, &line[..])], writer.packing());
        for error in [writer.write_line(place, line), writer.write_chunk(&chunk)] {
            let error = error.expect_err("refused");
            assert!(error.kind() == IoErrorKind::BadData && error.to_string().contains(words), "{error}");
        }
    }
    drop(writer);
    assert_eq!(fs::read_dir(directory.path()).expect("directory").count(), 0);
}
