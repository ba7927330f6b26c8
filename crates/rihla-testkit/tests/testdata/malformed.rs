//! `testdata/malformed`: eight pairs of the small sample, whole and damaged in one way each.

use std::convert::Infallible;

use rihla_testkit::Simulation;

use super::{committed, folder, gunzip, gzip, mini, same};

const PAIRS: usize = 8;

/// The first pairs of the small sample, each record apart.
fn records() -> [Vec<Vec<u8>>; 2] {
    let simulation = Simulation::new(&mini::genome().reference(), &mini::options()).expect("valid options");
    let mut mates = [Vec::new(), Vec::new()];
    let made: Result<u64, Infallible> = simulation.pairs(|pair| {
        for (mate, records) in mates.iter_mut().enumerate().filter(|(_, records)| records.len() < PAIRS) {
            let mut record = Vec::new();
            pair.write_fastq(mate, &mut record);
            records.push(record);
        }
        Ok(())
    });
    assert!(made.is_ok());
    mates
}

/// The four lines of a record, without line ends.
fn lines(record: &[u8]) -> Vec<Vec<u8>> {
    record.split(|&letter| letter == b'\n').take(4).map(<[u8]>::to_vec).collect()
}

fn join(lines: &[Vec<u8>], end: &[u8]) -> Vec<u8> {
    lines.iter().flat_map(|line| [line, end].concat()).collect()
}

/// All records, one of them (0-based) with its lines changed.
fn changed(records: &[Vec<u8>], which: usize, change: impl Fn(&mut Vec<Vec<u8>>)) -> Vec<u8> {
    let mut all = records.to_vec();
    let mut four = lines(&all[which]);
    change(&mut four);
    all[which] = join(&four, b"\n");
    all.concat()
}

fn same_file(name: &str, expected: &[u8]) {
    same(&folder("malformed").join(name), expected);
}

#[test]
fn valid_files() {
    let [first, second] = records();
    same_file("good_1.fq", &first.concat());
    same_file("good_2.fq", &second.concat());
    same_file("good_1.fq.gz", &first.concat());
    same_file("good_2.fq.gz", &second.concat());
    let windows: Vec<u8> = first.iter().flat_map(|record| join(&lines(record), b"\r\n")).collect();
    same_file("windows_1.fq", &windows);
    let mut cut = first.concat();
    assert_eq!(cut.pop(), Some(b'\n'));
    same_file("no_final_newline_1.fq", &cut);
    for (mate, records) in [&first, &second].into_iter().enumerate() {
        let slashed = records.iter().flat_map(|record| {
            let mut four = lines(record);
            let name = four[0].iter().position(|&letter| letter == b' ').expect("a comment");
            four[0].truncate(name);
            four[0].extend(format!("/{}", mate + 1).bytes());
            join(&four, b"\n")
        });
        same_file(&format!("slash_{}.fq", mate + 1), &slashed.collect::<Vec<u8>>());
    }
    same_file(
        "lower_case_1.fq",
        &changed(&first, 2, |four| {
            four[1].make_ascii_lowercase();
            four[1][3] = b'R';
        }),
    );
    same_file("empty_1.fq", b"");
    same_file("empty_2.fq", b"");
    same_file("empty_1.fq.gz", b"");
}

#[test]
fn damaged_text() {
    let [first, second] = records();
    same_file("unequal_2.fq", &second[..PAIRS - 2].concat());
    same_file("unpaired_2.fq", &changed(&second, 2, |four| four[0][4] = b'x'));
    same_file("swapped_2.fq", &{
        let mut swapped = second.clone();
        swapped.swap(3, 4);
        swapped.concat()
    });
    same_file("length_mismatch_1.fq", &changed(&first, 3, |four| four[3].truncate(140)));
    same_file("cut_record_1.fq", &{
        let whole = first.concat();
        whole[..whole.len() - 100].to_vec()
    });
    same_file("missing_line_1.fq", &changed(&first, 4, |four| drop(four.remove(2))));
    same_file("bad_quality_1.fq", &changed(&first, 1, |four| four[3][10] = b'\t'));
    same_file("bad_base_1.fq", &changed(&first, 1, |four| four[1][10] = b'5'));
    same_file("no_name_1.fq", &changed(&first, 5, |four| four[0].truncate(1)));
    same_file("fasta_1.fq", b">chr1\nACGTACGTAC\n>chr2\nGGCATTACCA\n");
    same_file("binary_1.fq", b"BAM\x01\x00\x00\x00\x00\x02\x00\x00\x00\xff\xfe\n\x80");
}

#[test]
fn damaged_gzip() {
    let whole = records()[0].concat();
    let folder = folder("malformed");
    let truncated = committed(&folder.join("truncated_1.fq.gz"), || {
        let packed = gzip(&whole);
        packed[..packed.len() / 2].to_vec()
    });
    let (text, complete) = gunzip(&truncated);
    assert!(!complete && whole.starts_with(&text) && text.len() < whole.len());
    let wrong = committed(&folder.join("bad_checksum_1.fq.gz"), || {
        let mut packed = gzip(&whole);
        let at = packed.len() - 8;
        packed[at] ^= 0xff;
        packed
    });
    let (text, complete) = gunzip(&wrong);
    assert!(!complete && whole.starts_with(&text));
    let trailing = committed(&folder.join("trailing_garbage_1.fq.gz"), || {
        [&gzip(&whole)[..], b"this is no gzip member\n"].concat()
    });
    let (text, complete) = gunzip(&trailing);
    assert!(!complete && text == whole);
}
