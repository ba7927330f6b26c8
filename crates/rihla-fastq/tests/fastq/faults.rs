//! Each way in which input can be wrong: the error, its record number, its words.

use rihla_fastq::{Compression, ErrorKind, FastqError, QualityOffset, ReadOptions, RecordFault, StreamFault};

use crate::{bgzip, error, gzip, owned, read, record, records, skippable, zstd};

fn record_fault(text: &str) -> (u64, RecordFault) {
    match error(&[text.as_bytes()]) {
        FastqError::Record { file, record, fault } => {
            assert_eq!(file, "R1");
            (record, fault)
        }
        other => panic!("another error: {other}"),
    }
}

#[test]
fn a_gzip_cut_anywhere_is_refused() {
    let text = records(40, "");
    for (name, whole) in [("gzip", gzip(&text)), ("bgzf", bgzip(&text, 700))] {
        for cut in 3..whole.len() {
            let result = read(&[&whole[..cut]], ReadOptions::default());
            let Ok((_, warnings)) = result else {
                continue;
            };
            // The one thing that may pass, with a warning: BGZF that lost its end marker alone.
            assert!(name == "bgzf" && cut == whole.len() - 28, "{name} cut at {cut}");
            assert_eq!(warnings.len(), 1);
        }
    }
}

/// Size of the BGZF block at the beginning of `bytes`, as noodles writes it.
fn block_size(bytes: &[u8]) -> usize {
    usize::from(u16::from_le_bytes([bytes[16], bytes[17]])) + 1
}

#[test]
fn a_cut_names_the_last_whole_record() {
    let text = records(4000, "");
    let whole = bgzip(&text, 10_000);
    let cut = error(&[&whole[..whole.len() / 2]]);
    let FastqError::Stream { file, records, fault: StreamFault::Cut(_) } = &cut else {
        panic!("another error: {cut}");
    };
    let (mut at, mut given) = (0, 0);
    while at + block_size(&whole[at..]) <= whole.len() / 2 {
        at += block_size(&whole[at..]);
        given += 10_000;
    }
    let lines = text[..given].iter().filter(|&&b| b == b'\n').count();
    assert_eq!((file.as_str(), *records), ("R1", lines as u64 / 4));
    assert_eq!(cut.kind(), ErrorKind::Data);
    assert!(cut.to_string().contains("cut short"), "{cut}");
}

#[test]
fn flipped_bits_are_found() {
    let text = records(50, "");
    let expected = owned(&read(&[&text], ReadOptions::default()).expect("good").0);
    for (name, whole) in [("gzip", gzip(&text)), ("bgzf", bgzip(&text, 1000))] {
        // Deflate data of the first member and the numbers at its end; not the free header fields.
        let end = if name == "gzip" { whole.len() } else { block_size(&whole) };
        for at in 18..end {
            let mut bad = whole.clone();
            bad[at] ^= 0x10;
            // The bits that fill up the last byte of deflate data mean nothing.
            let harmless = read(&[&bad], ReadOptions::default())
                .is_ok_and(|(batches, _)| at == end - 9 && owned(&batches) == expected);
            assert!(harmless || read(&[&bad], ReadOptions::default()).is_err(), "{name}: byte {at}");
        }
        for at in end - 8..end {
            let mut bad = whole.clone();
            bad[at] ^= 1;
            let fault = error(&[&bad]);
            assert!(
                matches!(fault, FastqError::Stream { fault: StreamFault::Damaged(..), .. }),
                "{name}: {fault}"
            );
        }
    }
}

#[test]
fn a_zstd_file_cut_anywhere_is_refused() {
    let frames = [skippable(b"something else"), zstd(&records(40, "")), zstd(&records(30, ""))];
    let ends: Vec<usize> = (1..=frames.len()).map(|n| frames[..n].concat().len()).collect();
    let whole = frames.concat();
    // Of fewer than four bytes nobody can say what they are the beginning of.
    for cut in (4..whole.len()).filter(|cut| !ends.contains(cut)) {
        let fault = error(&[&whole[..cut]]);
        let is_cut = matches!(fault, FastqError::Stream { fault: StreamFault::Cut(Compression::Zstd), .. });
        assert!(is_cut && fault.kind() == ErrorKind::Data, "cut at {cut}: {fault}");
    }
    assert!((1..4).all(|cut| read(&[&whole[..cut]], ReadOptions::default()).is_err()));
    let cut = error(&[&whole[..whole.len() - 1]]);
    assert!(matches!(cut, FastqError::Stream { records: 70, .. }), "text before the fault is read: {cut}");
}

#[test]
fn flipped_bits_in_zstd_are_found() {
    let text = records(50, "");
    let expected = owned(&read(&[&text], ReadOptions::default()).expect("good").0);
    let whole = zstd(&text);
    for (at, bit) in (4..whole.len()).flat_map(|at| (0..8).map(move |bit| (at, bit))) {
        let mut bad = whole.clone();
        bad[at] ^= 1 << bit;
        match read(&[&bad], ReadOptions::default()) {
            // Some bits, such as one of the frame's descriptor, mean nothing.
            Ok((batches, _)) => assert!(owned(&batches) == expected, "byte {at}, bit {bit}"),
            Err(fault) => {
                assert!(matches!(fault, FastqError::Stream { .. }), "byte {at}, bit {bit}: {fault}")
            }
        }
        if at >= whole.len() - 4 {
            let fault = error(&[&bad]).to_string();
            assert!(fault.contains("the zstd data are damaged: the checksum"), "{fault}");
        }
    }
}

#[test]
fn zstd_that_asks_for_too_much_is_refused() {
    // A frame's descriptor, its window as a power of two over 2^10 in the upper five bits, and an empty last block.
    let frame = |descriptor: &[u8]| [b"\x28\xb5\x2f\xfd", descriptor, b"\x01\x00\x00"].concat();
    let text = zstd(&records(2, ""));
    let widest = [frame(&[0, 17 << 3]), text.clone()].concat();
    assert_eq!(owned(&read(&[&widest], ReadOptions::default()).expect("128 MiB").0).len(), 2);
    let fault = error(&[&[text.clone(), frame(&[0, 18 << 3])].concat()]);
    assert!(
        matches!(fault, FastqError::Stream { records: 2, fault: StreamFault::WideWindow, .. }),
        "{fault}"
    );
    assert!(fault.to_string().contains("more than 128 MiB; recompress"), "{fault}");
    let fault = error(&[&frame(&[1, 0, 7])]);
    assert!(matches!(fault, FastqError::Stream { fault: StreamFault::NeedsDictionary, .. }), "{fault}");
}

#[test]
fn bytes_behind_the_last_member_are_refused() {
    let text = records(3, "");
    for whole in [gzip(&text), bgzip(&text, 50), zstd(&text)] {
        for tail in [b"\0\0\0\0".as_slice(), b"@r4\n", b"\x1f", b"\x28\xb5\x2f"] {
            let file = [&whole[..], tail].concat();
            let fault = error(&[&file]);
            assert!(matches!(fault, FastqError::Stream { records: 3, .. }), "{fault}");
        }
    }
}

#[test]
fn counts_that_differ_name_the_shorter_file() {
    let (long, short) = (records(12, ""), records(11, ""));
    for (files, expected) in [([&long, &short], ("R2", "R1")), ([&short, &long], ("R1", "R2"))] {
        let fault = error(&[files[0], files[1]]);
        let FastqError::CountMismatch { shorter, longer, records, next } = &fault else {
            panic!("another error: {fault}");
        };
        assert_eq!((shorter.as_str(), longer.as_str()), expected);
        assert_eq!((*records, next.as_str()), (11, "@r12"));
        assert!(fault.to_string().contains("goes on with record 12"), "{fault}");
    }
    assert!(matches!(error(&[b"", &short]), FastqError::CountMismatch { records: 0, .. }));
}

#[test]
fn a_cut_file_is_called_cut_and_not_short() {
    let text = records(30, "");
    let whole = gzip(&text);
    for files in [[&whole[..whole.len() - 20], &whole], [&whole, &whole[..whole.len() - 20]]] {
        let fault = error(&files);
        assert!(matches!(fault, FastqError::Stream { fault: StreamFault::Cut(_), .. }), "{fault}");
    }
}

#[test]
fn names_must_pair() {
    let two = [records(4, ""), record("other", "A", "I").into_bytes()].concat();
    let fault = error(&[&records(5, ""), &two]);
    let message = fault.to_string();
    assert!(matches!(fault, FastqError::Unpaired { record: 5, .. }));
    for part in ["'r5' in R1", "'other' in R2", "record 5"] {
        assert!(message.contains(part), "{message}");
    }
    let hinted = error(&[&records(2, ".1"), &records(2, ".2")]).to_string();
    assert!(hinted.contains("--readids"), "{hinted}");
    for suffixes in [["/1", "/2"], [" 1:N:0:A", " 2:N:0:A"], ["", " x"], ["/1", " 2:N:0:"]] {
        let [one, two] = suffixes.map(|suffix| records(3, suffix));
        assert!(read(&[&one, &two], ReadOptions::default()).is_ok(), "{suffixes:?}");
    }
    for suffix in ["/1", " 2:N:0:A"] {
        let file = records(3, suffix);
        assert!(matches!(error(&[&file, &file]), FastqError::SameMate { record: 1, .. }), "{suffix}");
    }
}

#[test]
fn swapped_mates_are_refused() {
    let pairs = [
        ["/2", "/1"],
        [" 2:N:0:A", " 1:N:0:A"],
        ["/2", " 1:Y:0:"],
        ["/2", ""],
        ["", "/1"],
        [" 2:N:0:A", " x"],
        ["", " 1:N:0:A"],
    ];
    for suffixes in pairs {
        let [one, two] = suffixes.map(|suffix| records(3, suffix));
        let fault = error(&[&one, &two]);
        let message = fault.to_string();
        assert!(matches!(fault, FastqError::SwappedMates { record: 1, .. }), "{suffixes:?}: {message}");
        assert_eq!(fault.kind(), ErrorKind::Data);
        for part in ["record 1", "'r1'", "R1 holds mate 2", "R2 mate 1", "give R1 first"] {
            assert!(message.contains(part), "{message}");
        }
    }
    for suffixes in [["/1", ""], ["", "/2"], [" 1:N:0:A", ""], ["", " 2:N:0:A"]] {
        let [one, two] = suffixes.map(|suffix| records(3, suffix));
        assert!(read(&[&one, &two], ReadOptions::default()).is_ok(), "{suffixes:?}");
    }
    // Late in the files as well: each record is looked at.
    let late = |suffix: &str| [records(4, ""), record(&format!("late{suffix}"), "A", "I").into()].concat();
    assert!(matches!(error(&[&late("/2"), &late("/1")]), FastqError::SwappedMates { record: 5, .. }));
}

#[test]
fn records_that_are_wrong_are_numbered() {
    let good = record("a", "ACG", "III");
    let second = |text: &str| match record_fault(&format!("{good}{text}")) {
        (2, fault) => fault,
        (number, fault) => panic!("record {number}: {fault}"),
    };
    let name = || "b".to_owned();
    assert_eq!(
        second("@b\nACGT\n+\nIII\n"),
        RecordFault::LengthMismatch { name: name(), sequence: 4, qualities: 3 }
    );
    assert_eq!(
        second("@b\nAC\n+\nI\x1f\n"),
        RecordFault::BadQuality { name: name(), byte: 0x1f, position: 2, offset: QualityOffset::Phred33 }
    );
    assert_eq!(second("@b\nA!\n+\nII\n"), RecordFault::BadBase { name: name(), byte: b'!', position: 2 });
    assert_eq!(second("@b\nAC\nGT\n+\nIIII\n"), RecordFault::NoPlus("GT".into()));
    assert_eq!(second("b\nAC\n+\nII\n"), RecordFault::NoAt("b".into()));
    assert_eq!(second("@\nAC\n+\nII\n"), RecordFault::NoName);
    let long = "A".repeat(65_536);
    assert_eq!(second(&record("b", &long, &long)), RecordFault::TooLong);
    assert_eq!(second(&format!("@b\n{}", "A".repeat(1 << 20))), RecordFault::TooLong);
}

#[test]
fn text_cut_inside_a_record_says_in_which_line() {
    let whole = record("abc", "ACGT", "IIII");
    let line_at = |cut: usize| whole[..cut].matches('\n').count() + 1;
    for cut in 1..whole.len() - 1 {
        let (number, fault) = record_fault(&format!("{whole}{}", &whole[..cut]));
        assert_eq!((number, fault), (2, RecordFault::Incomplete { line: line_at(cut) }), "cut at {cut}");
    }
}

#[test]
fn other_formats_are_called_by_name() {
    let cases: [(&[u8], &str); 7] = [
        (b">chr1\nACGT\n", "FASTA"),
        (b"@HD\tVN:1.6\n@SQ\tSN:1\tLN:9\nr1\t4\t*\nx\n", "SAM"),
        (b"CRAM\x03\x00", "CRAM"),
        (b"BZh91AY", "bzip2"),
        (b"<!DOCTYPE html>\n", "web page"),
        (b"\xef\xbb\xbf@a\nA\n+\nI\n", "byte-order mark"),
        (b"hello", "'hello'"),
    ];
    let mut files: Vec<(Vec<u8>, &str)> = cases.map(|(file, word)| (file.to_vec(), word)).into();
    files.push((bgzip(b"BAM\x01\x00\x00\x00\x00", 99), "BAM"));
    files.push((gzip(&gzip(&records(1, ""))), "gzip inside gzip"));
    files.push((gzip(&zstd(&records(1, ""))), "zstd"));
    for (file, word) in files {
        let fault = error(&[&file]);
        assert!(matches!(fault, FastqError::Record { record: 1, .. }), "{word}: {fault}");
        assert!(fault.to_string().contains(word), "{word}: {fault}");
        assert_eq!(fault.kind(), ErrorKind::Data);
    }
}

#[test]
fn qualities_of_old_are_refused_or_converted() {
    let old = record("a", "ACGT", "hB@f");
    let fault = error(&[old.repeat(3).as_bytes(), old.repeat(3).as_bytes()]);
    assert!(matches!(fault, FastqError::OldQualities { lowest: '@', highest: 'h', .. }), "{fault}");
    assert_eq!(fault.kind(), ErrorKind::Data);
    let message = fault.to_string();
    assert!(message.starts_with("R1 and R2: ") && message.contains("--quality-offset 64"), "{message}");
    let with = |offset| ReadOptions { quality_offset: Some(offset), ..ReadOptions::default() };
    let qualities = |offset| owned(&read(&[old.as_bytes()], with(offset)).expect("said so").0)[0].2.clone();
    assert_eq!(qualities(QualityOffset::Phred64), [40, 2, 0, 38]);
    assert_eq!(qualities(QualityOffset::Phred33), [71, 33, 31, 69]);
    // One low quality in the head tells Phred+33.
    let mixed = format!("{}{}", old.repeat(3), record("b", "A", "#"));
    assert!(read(&[mixed.as_bytes()], ReadOptions::default()).is_ok());
}

#[test]
fn a_failing_disk_is_no_fault_of_the_data() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("device lost"))
        }
    }
    let readers: Vec<(String, Box<dyn std::io::Read + Send>)> = vec![("R1".into(), Box::new(Broken))];
    let mut reader =
        rihla_fastq::FastqReader::from_readers(readers, ReadOptions::default()).expect("one input");
    let fault = reader.next_batch().expect_err("cannot be read");
    assert_eq!(fault.kind(), ErrorKind::Io);
    assert!(fault.to_string().contains("device lost"), "{fault}");
}
