//! BED in and out: regions of interest, confident regions.

use std::io::Write;
use std::path::Path;

use rihla_core::{Contigs, Interval, IntervalSet};

use crate::atomic::Output;
use crate::error::IoError;
use crate::lines::{LineReader, find_contig};

/// Reads the intervals of a BED file (plain, gzip or BGZF), sorted and merged; columns beyond the third
/// are not looked at, `#`, `track` and `browser` lines neither.
///
/// # Errors
/// [`IoError::Missing`]; [`IoError::Data`] with the line for a contig that the reference lacks (and what
/// it calls it), missing or malformed numbers, an end before its start or behind the contig, and damaged
/// compression.
pub fn read_bed(path: impl AsRef<Path>, contigs: &Contigs) -> Result<IntervalSet, IoError> {
    let mut lines = LineReader::open(path.as_ref())?;
    let mut intervals = Vec::new();
    while let Some(line) = lines.next_line()? {
        let parsed = parse_line(line, contigs);
        intervals.extend(parsed.map_err(|problem| lines.problem(problem))?);
    }
    Ok(IntervalSet::new(intervals))
}

/// Writes the intervals of a set, one a line, three columns; the path `-` is standard output.
///
/// # Errors
/// [`IoError::Create`], [`IoError::Write`], [`IoError::NoSpace`]; no file stands then under its final
/// name that did not before.
pub fn write_bed(path: impl AsRef<Path>, intervals: &IntervalSet, contigs: &Contigs) -> Result<(), IoError> {
    let path = path.as_ref();
    let mut output = Output::create(path)?;
    for interval in intervals.as_slice() {
        let name = &contigs.get(interval.contig).name;
        writeln!(output, "{name}\t{}\t{}", interval.start, interval.end)
            .map_err(|source| IoError::writing(path, source))?;
    }
    output.seal(path)?.commit()
}

fn parse_line(line: &[u8], contigs: &Contigs) -> Result<Option<Interval>, String> {
    let line = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text")?;
    let mut columns = line.split_ascii_whitespace();
    let name = match columns.next() {
        None | Some("track" | "browser") => return Ok(None),
        Some(name) if name.starts_with('#') => return Ok(None),
        Some(name) => name,
    };
    let contig = find_contig(name, contigs)?;
    let mut number = |what: &str| match columns.next().map(str::parse) {
        Some(Ok(number)) => Ok(number),
        _ => Err(format!("the {what} is missing or no number; a line is: contig, start (from 0), end")),
    };
    let (start, end): (u32, u32) = (number("start")?, number("end")?);
    let length = contigs.get(contig).length;
    if start > end {
        return Err(format!("the start {start} lies behind the end {end}"));
    }
    if end > length {
        return Err(format!(
            "the end {end} lies behind contig {name}, which has {length} bases in the reference"
        ));
    }
    Ok(Some(Interval::new(contig, start, end)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rihla_core::Contig;

    use super::*;

    fn contigs() -> Contigs {
        let contig = |name: &str| Contig { name: name.into(), length: 1_000, md5: [0; 16] };
        Contigs::new(vec![contig("chr1"), contig("chr2")])
    }

    fn read(text: &str) -> Result<IntervalSet, IoError> {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        std::fs::write(file.path(), text).expect("written");
        read_bed(file.path(), &contigs())
    }

    #[test]
    fn extra_columns_comments_and_overlaps() {
        let text = "# c\ntrack name=x\r\nchr2\t5\t9\tname\t0\t+\n\nchr1 0 10\nchr1\t10\t20\r\nchr1\t7\t7\n";
        let expected = [Interval::new(0, 0, 20), Interval::new(1, 5, 9)];
        assert_eq!(read(text).expect("valid").as_slice(), expected);
        assert!(read("").expect("empty").is_empty());
    }

    #[test]
    fn each_fault_names_its_line() {
        for (line, words) in [
            ("1\t0\t5", "contig 1 is called chr1"),
            ("chr7\t0\t5", "contig chr7 is not in the reference"),
            ("chr1\t0", "the end is missing"),
            ("chr1\tx\t5", "the start is missing or no number"),
            ("chr1\t-1\t5", "the start is missing or no number"),
            ("chr1\t6\t5", "behind the end"),
            ("chr1\t6\t1001", "has 1000 bases"),
        ] {
            let error = read(&format!("chr1\t0\t5\n{line}\n")).expect_err("a fault").to_string();
            assert!(error.contains("line 2: ") && error.contains(words), "{error}");
        }
    }

    proptest! {
        #[test]
        fn written_sets_read_back(parts in prop::collection::vec((0u32..2, 0u32..1_000, 0u32..100), 0..30)) {
            let intervals = parts.iter().map(|&(contig, start, length)| Interval::new(contig, start, (start + length).min(1_000)));
            let set = IntervalSet::new(intervals.collect());
            let directory = tempfile::tempdir().expect("temporary directory");
            let path = directory.path().join("a.bed");
            write_bed(&path, &set, &contigs()).expect("written");
            prop_assert_eq!(read_bed(&path, &contigs()).expect("valid"), set);
        }
    }
}
