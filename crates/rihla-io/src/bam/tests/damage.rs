//! Damaged, foreign and mismatched BAM files: one clear error each, never a panic, never silence.

use std::fs;

use super::*;
use crate::bam::BamReader;
use crate::{IoError, IoErrorKind};

/// Opens and reads all.
fn read_all(path: &Path) -> Result<usize, IoError> {
    let mut reader = BamReader::open(path)?;
    let mut out = RecordArena::new();
    for id in 0..reader.contigs().len() as u32 {
        let length = reader.contigs().get(id).length;
        reader.query(Interval::new(id, 0, length), &mut out)?;
    }
    Ok(out.len())
}

fn refused(path: &Path, kind: IoErrorKind, words: &str) {
    let error = read_all(path).expect_err("refused");
    let text = error.to_string();
    assert_eq!(error.kind(), kind, "{text}");
    assert!(text.contains(words) && text.contains(".ba"), "{text}");
}

#[test]
fn cut_anywhere_is_an_error() {
    let scene = scene(&[2_000_000], 3_000, 300);
    let whole = fs::read(&scene.path).expect("read");
    let placed = scene.records.iter().filter(|record| record.contig().is_some()).count();
    assert_eq!(read_all(&scene.path).expect("whole"), placed);
    for part in 0..200 {
        let length = whole.len() * part / 200;
        fs::write(&scene.path, &whole[..length]).expect("written");
        refused(&scene.path, IoErrorKind::BadData, "");
    }
    for length in whole.len() - 28..whole.len() {
        fs::write(&scene.path, &whole[..length]).expect("written");
        refused(&scene.path, IoErrorKind::BadData, "cut off");
    }
}

#[test]
fn changed_bytes_are_errors_or_harmless() {
    let scene = scene(&[500_000], 1_500, 150);
    let whole = fs::read(&scene.path).expect("read");
    let expected = read_all(&scene.path).expect("whole");
    let mut errors = 0;
    for at in (0..whole.len() - 28).step_by(whole.len() / 300) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(&scene.path, &bytes).expect("written");
        match read_all(&scene.path) {
            Ok(count) => assert_eq!(count, expected, "byte {at}"),
            Err(error) => {
                assert_eq!(error.kind(), IoErrorKind::BadData, "byte {at}: {error}");
                errors += 1;
            }
        }
    }
    assert!(errors > 250, "{errors} found");
}

/// Bytes changed under a right checksum: the records themselves contradict each other.
#[test]
fn malformed_records_are_errors_or_harmless() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("a.bam");
    let contigs = contigs(&[500_000]);
    let records = many(&contigs, 200);
    let mut writer = BamWriter::create(&path, &header(contigs)).expect("created");
    let stored = compress_records(records.iter(), 0);
    writer.append(&stored).expect("sorted");
    writer.finish().expect("finished");
    let whole = fs::read(&path).expect("read");
    let block = whole.len() - 28 - stored.bytes().len();
    let mut errors = 0;
    for (i, change) in (0..20_000usize).step_by(37).zip([0xff, 0x80, 0x01].into_iter().cycle()) {
        let mut bytes = whole.clone();
        change_stored(&mut bytes[block..], i, change);
        fs::write(&path, &bytes).expect("written");
        match read_all(&path) {
            Ok(count) => assert!(count <= records.len()),
            Err(error) => {
                assert_eq!(error.kind(), IoErrorKind::BadData, "byte {i}: {error}");
                errors += 1;
            }
        }
    }
    assert!(errors > 30, "{errors} found");
}

/// Changes byte `at` of the data in a stored block (18 bytes of header, 5 of DEFLATE) and its checksum.
fn change_stored(block: &mut [u8], at: usize, change: u8) {
    let size = usize::from(u16::from_le_bytes([block[16], block[17]])) + 1;
    let data = 23..size - 8;
    block[data.start + at % data.len()] ^= change;
    let mut checksum = flate2::Crc::new();
    checksum.update(&block[data]);
    block[size - 8..size - 4].copy_from_slice(&checksum.sum().to_le_bytes());
}

#[test]
fn cut_in_the_middle_with_an_end_marker_is_an_error() {
    let scene = scene(&[2_000_000], 3_000, 300);
    let whole = fs::read(&scene.path).expect("read");
    for part in 2..10 {
        let mut bytes = whole[..whole.len() * part / 10].to_vec();
        bytes.extend_from_slice(&crate::bgzf::END_MARKER);
        fs::write(&scene.path, &bytes).expect("written");
        refused(&scene.path, IoErrorKind::BadData, "index");
    }
}

#[test]
fn damaged_and_foreign_indexes_are_errors() {
    let scene = scene(&[2_000_000], 3_000, 300);
    let index = beside(&scene.path);
    let whole = fs::read(&index).expect("read");
    for length in [0, 3, 7, 40, whole.len() / 2, whole.len() - 9] {
        fs::write(&index, &whole[..length]).expect("written");
        refused(&scene.path, IoErrorKind::BadData, "samtools index");
    }
    let longer = super::scene(&[2_000_000], 20_000, 300);
    fs::copy(beside(&longer.path), &index).expect("copied");
    refused(&scene.path, IoErrorKind::BadData, "index");
    fs::remove_file(&index).expect("removed");
    refused(&scene.path, IoErrorKind::MissingInput, "samtools index");
}

/// Whatever is changed, nothing panics, and records that are not found are missed.
#[test]
fn changed_index_bytes_are_errors_or_missing_records() {
    for lengths in [&[500_000][..], &[600_000_000, 50_000]] {
        let scene = scene(lengths, 1_500, 150);
        let index = super::index_beside(&scene.path);
        let is_csi = index.extension().is_some_and(|extension| extension == "csi");
        let whole = fs::read(&index).expect("read");
        let whole = if is_csi { unpack(&whole) } else { whole };
        let expected = read_all(&scene.path).expect("whole");
        let (mut errors, mut known) = (0, 0);
        for at in (0..whole.len() - 8).step_by((whole.len() / 900).max(1)) {
            let mut bytes = whole.clone();
            bytes[at] ^= 1 << (at % 8);
            fs::write(&index, if is_csi { pack(&bytes) } else { bytes }).expect("written");
            match read_all(&scene.path) {
                Ok(count) if count == expected => {}
                Ok(count) => {
                    assert!(count < expected && counted(&scene.path) == expected, "byte {at}: {count}");
                    known += 1;
                }
                Err(error) => {
                    assert_eq!(error.kind(), IoErrorKind::BadData, "byte {at}: {error}");
                    errors += 1;
                }
            }
        }
        assert!(errors > 30 && known > 0, "{errors} found, {known} by count");
    }
}

/// Records with a place, as the index counts them.
fn counted(path: &Path) -> usize {
    let reader = BamReader::open(path).expect("opened");
    let count = |id| reader.record_count(id).expect("counted") as usize;
    (0..reader.contigs().len() as u32).map(count).sum()
}

fn unpack(bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    let mut reader = noodles::bgzf::io::Reader::new(bytes);
    std::io::Read::read_to_end(&mut reader, &mut content).expect("valid");
    content
}

fn pack(bytes: &[u8]) -> Vec<u8> {
    let mut writer = noodles::bgzf::io::Writer::new(Vec::new());
    std::io::Write::write_all(&mut writer, bytes).expect("memory");
    writer.finish().expect("memory")
}

/// A bin that the scheme does not have.
#[test]
fn bins_that_do_not_exist_are_damage() {
    for (lengths, width) in [(&[500_000][..], 0), (&[600_000_000], 12)] {
        let scene = scene(lengths, 500, 100);
        let index = super::index_beside(&scene.path);
        let whole = fs::read(&index).expect("read");
        let mut bytes = if width > 0 { unpack(&whole) } else { whole };
        // Behind magic, scheme, number of contigs and of bins.
        bytes[12 + width..16 + width].copy_from_slice(&1_000_000u32.to_le_bytes());
        fs::write(&index, if width > 0 { pack(&bytes) } else { bytes }).expect("written");
        let error = read_all(&scene.path).expect_err("damaged");
        assert_eq!(error.kind(), IoErrorKind::BadData);
        for words in ["the index is damaged", "no bin 1000000", "make it again: samtools index", "a.bam"] {
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}

fn beside(path: &Path) -> PathBuf {
    crate::atomic::beside(path, ".bai")
}

#[test]
fn other_files_are_told_by_name() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("x.bam");
    refused(&path, IoErrorKind::MissingInput, "cannot be read");
    for (bytes, words) in [
        (&b""[..], "not a BAM"),
        (b">a\nACGTACGTACGTACGTACGTACGTACGT\n", "not a BAM"),
        (b"CRAM\x03\x01 and so on, long enough for a block", "CRAM"),
        (b"@HD\tVN:1.6\n@SQ\tSN:a\tLN:50\n", "SAM text"),
    ] {
        fs::write(&path, bytes).expect("written");
        refused(&path, IoErrorKind::BadData, words);
    }
    let mut writer = noodles::bgzf::io::Writer::new(Vec::new());
    std::io::Write::write_all(&mut writer, b"##fileformat=VCFv4.2\n").expect("memory");
    fs::write(&path, writer.finish().expect("memory")).expect("written");
    refused(&path, IoErrorKind::BadData, "no BAM");
}

/// A BAM whose header text is replaced by another of the same length.
fn with_header(from: &str, to: &str) -> tempfile::TempDir {
    use std::io::{Read, Write};
    assert_eq!(from.len(), to.len());
    let scene = scene(&[50_000], 10, 10);
    let mut bytes = Vec::new();
    let file = fs::File::open(&scene.path).expect("opened");
    noodles::bgzf::io::Reader::new(file).read_to_end(&mut bytes).expect("read");
    let at = bytes.windows(from.len()).position(|window| window == from.as_bytes()).expect("in the header");
    bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
    let directory = tempfile::tempdir().expect("temporary directory");
    let mut writer = noodles::bgzf::io::Writer::new(Vec::new());
    writer.write_all(&bytes).expect("memory");
    fs::write(directory.path().join("x.bam"), writer.finish().expect("memory")).expect("written");
    directory
}

#[test]
fn other_sort_orders_are_refused() {
    let directory = with_header("SO:coordinate", "SO:queryname ");
    refused(&directory.path().join("x.bam"), IoErrorKind::BadData, "samtools sort");
}

#[test]
fn other_contigs_are_named() {
    let scene = scene(&[50_000, 60_000], 100, 50);
    let mut reader = BamReader::open(&scene.path).expect("opened");
    let renamed = |name: &str, length, md5| {
        let mut list: Vec<_> = scene.contigs.iter().cloned().collect();
        list[1] = Contig { name: name.into(), length, md5 };
        Contigs::new(list)
    };
    let same = [2; 16];
    for (reference, words) in [
        (renamed("d", 60_000, same), "contig c1 is not in the reference"),
        (renamed("chrc1", 60_000, same), "contig c1 is called chrc1 in the reference"),
        (renamed("c1", 60_001, same), "contig c1 has 60000 bases, but 60001"),
        (renamed("c1", 60_000, [7; 16]), "contig c1 has another sequence"),
    ] {
        let error = reader.check_contigs(&reference).expect_err("differs");
        assert!(error.to_string().contains(words), "{error}");
    }
    reader.check_contigs(&renamed("c1", 60_000, [0; 16])).expect("MD5 not known");
}

#[test]
fn several_samples_are_refused() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("a.bam");
    let mut header = header(contigs(&[1_000]));
    header.read_groups.push(ReadGroup { id: "rg2".into(), sample: "NA2".into(), ..ReadGroup::default() });
    BamWriter::create(&path, &header).expect("created").finish().expect("finished");
    let reader = BamReader::open(&path).expect("opened");
    let error = reader.sample().expect_err("two");
    assert!(error.to_string().contains("NA1, NA2"), "{error}");
}

#[test]
fn names_of_other_formats_are_refused() {
    let directory = tempfile::tempdir().expect("temporary directory");
    for name in ["a.cram", "a.sam", "a.CRAM", "a.Sam"] {
        let path = directory.path().join(name);
        let error = BamWriter::create(&path, &header(contigs(&[1_000]))).err().expect("refused");
        let text = error.to_string();
        assert_eq!(error.kind(), IoErrorKind::Usage, "{text}");
        assert!(text.contains(name) && text.contains("only BAM is written; name it "), "{text}");
        assert!(text.ends_with("a.bam"), "{text}");
        assert_eq!(fs::read_dir(directory.path()).expect("directory").count(), 0);
    }
    // A link that leads to a device is the device.
    #[cfg(unix)]
    {
        let link = directory.path().join("link.sam");
        std::os::unix::fs::symlink("/dev/null", &link).expect("linked");
        BamWriter::create(&link, &header(contigs(&[1_000]))).expect("a device").finish().expect("written");
    }
}

#[test]
fn header_values_must_be_plain() {
    let mut header = header(contigs(&[1_000]));
    header.read_groups[0].sample = "a\tb".into();
    let error = header.to_text().expect_err("a tab");
    assert_eq!(error.kind(), IoErrorKind::Usage);
}

#[test]
fn records_that_cannot_lie_there_are_refused() {
    for (position, cigar, words) in [(950, "100M", "ends behind"), (1_000, "10M", "begins behind")] {
        let directory = tempfile::tempdir().expect("temporary directory");
        let path = directory.path().join("a.bam");
        let contigs = contigs(&[1_000]);
        let sketch = Sketch { place: Some((0, position)), cigar, is_unmapped: false, bases: 0 };
        write(&path, &contigs, &build(vec![sketch]), 1);
        refused_if_seen(&path, words);
    }
}

/// A record behind the end is outside every interval; one that reaches over it is refused.
fn refused_if_seen(path: &Path, words: &str) {
    match read_all(path) {
        Ok(count) => assert_eq!((count, words), (0, "begins behind")),
        Err(error) => assert!(error.to_string().contains(words), "{error}"),
    }
}
