//! BED in and out: regions of interest, confident regions.

use std::cmp::Ordering;
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
    read_bed_counted(path, contigs, UnknownContigs::Refuse).map(|(set, _)| set)
}

/// What to do about intervals on contigs that the reference lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownContigs {
    /// They are an error.
    Refuse,
    /// They are counted and left out, as when regions of a whole genome meet a reference of one
    /// chromosome. A contig that the reference has under another naming (`chr1`, `1`) is an error still.
    Count,
}

/// What became of the intervals of a BED file: `intervals` = `unknown` + `empty` + `overlapping` +
/// `touching` + intervals of the merged set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BedSummary {
    /// Lines with an interval.
    pub intervals: u64,
    /// Of them on contigs that the reference lacks, left out.
    pub unknown: u64,
    /// Of them without a base, left out.
    pub empty: u64,
    /// Of them merged because they share a base with one that begins before (or with them).
    pub overlapping: u64,
    /// Of them merged because they begin where the ones before end.
    pub touching: u64,
}

/// Reads the intervals of a BED file as [`read_bed`] does, and counts what was merged and left out.
///
/// # Errors
/// As [`read_bed`]; contigs that the reference lacks are an error as `unknown` says.
pub fn read_bed_counted(
    path: impl AsRef<Path>,
    contigs: &Contigs,
    unknown: UnknownContigs,
) -> Result<(IntervalSet, BedSummary), IoError> {
    let mut lines = LineReader::open(path.as_ref())?;
    let mut summary = BedSummary::default();
    let mut intervals = Vec::new();
    while let Some(line) = lines.next_line()? {
        match parse_line(line, contigs, unknown).map_err(|problem| lines.problem(problem))? {
            Line::Comment => continue,
            Line::Unknown => summary.unknown += 1,
            Line::Interval(interval) if interval.is_empty() => summary.empty += 1,
            Line::Interval(interval) => intervals.push(interval),
        }
        summary.intervals += 1;
    }
    intervals.sort_unstable();
    summary.count_merged(&intervals);
    Ok((IntervalSet::new(intervals), summary))
}

/// An interval and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedInterval {
    /// Where it is.
    pub interval: Interval,
    /// The fourth column: a gene, or an exon; empty where there is none.
    pub name: String,
}

/// Reads the intervals of a BED file with their names, in the order of the file; those without a base are left out.
///
/// # Errors
/// As [`read_bed`].
pub fn read_named_bed(path: impl AsRef<Path>, contigs: &Contigs) -> Result<Vec<NamedInterval>, IoError> {
    let mut lines = LineReader::open(path.as_ref())?;
    let mut intervals = Vec::new();
    while let Some(line) = lines.next_line()? {
        let parsed = parse_line(line, contigs, UnknownContigs::Refuse);
        let name = || Some(std::str::from_utf8(line).ok()?.split_ascii_whitespace().nth(3)?.to_owned());
        match parsed.map(|parsed| (parsed, name())) {
            Ok((Line::Interval(interval), name)) if !interval.is_empty() => {
                intervals.push(NamedInterval { interval, name: name.unwrap_or_default() });
            }
            Ok(_) => {}
            Err(problem) => return Err(lines.problem(problem)),
        }
    }
    Ok(intervals)
}

impl BedSummary {
    /// Counts what merging will make of sorted intervals.
    fn count_merged(&mut self, sorted: &[Interval]) {
        let mut reached = (0, 0);
        for interval in sorted {
            match (interval.contig, interval.start).cmp(&reached) {
                Ordering::Less => self.overlapping += 1,
                Ordering::Equal if interval.start > 0 => self.touching += 1,
                _ => {}
            }
            reached = reached.max((interval.contig, interval.end));
        }
    }
}

/// What a line of a BED file says.
enum Line {
    Comment,
    /// An interval on a contig that the reference lacks.
    Unknown,
    Interval(Interval),
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

fn parse_line(line: &[u8], contigs: &Contigs, unknown: UnknownContigs) -> Result<Line, String> {
    let line = std::str::from_utf8(line).map_err(|_| "the line is not UTF-8 text")?;
    let mut columns = line.split_ascii_whitespace();
    let name = match columns.next() {
        None | Some("track" | "browser") => return Ok(Line::Comment),
        Some(name) if name.starts_with('#') => return Ok(Line::Comment),
        Some(name) => name,
    };
    let contig = match find_contig(name, contigs) {
        Ok(contig) => Some(contig),
        Err(_) if unknown == UnknownContigs::Count && contigs.suggestion(name).is_none() => None,
        Err(problem) => return Err(problem),
    };
    let mut number = |what: &str| match columns.next().map(str::parse) {
        Some(Ok(number)) => Ok(number),
        _ => Err(format!("the {what} is missing or no number; a line is: contig, start (from 0), end")),
    };
    let (start, end): (u32, u32) = (number("start")?, number("end")?);
    if start > end {
        return Err(format!("the start {start} lies behind the end {end}"));
    }
    let Some(contig) = contig else { return Ok(Line::Unknown) };
    let length = contigs.get(contig).length;
    if end > length {
        return Err(format!(
            "the end {end} lies behind contig {name}, which has {length} bases in the reference"
        ));
    }
    Ok(Line::Interval(Interval::new(contig, start, end)))
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

    #[test]
    fn names_stay_with_their_lines() {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        let text = "#c\nchr2\t5\t9\tBRCA1\t0\t+\nchr1 0 10\nchr1\t3\t7\tTP53\nchr1\t7\t7\tnone\n";
        std::fs::write(file.path(), text).expect("written");
        let named = read_named_bed(file.path(), &contigs()).expect("valid");
        let found: Vec<_> = named.iter().map(|one| (one.interval.start, one.name.as_str())).collect();
        assert_eq!(found, [(5, "BRCA1"), (0, ""), (3, "TP53")]);
        std::fs::write(file.path(), "chr1\t0\t5\tA\nchr1\t9\t5\tB\n").expect("written");
        let error = read_named_bed(file.path(), &contigs()).expect_err("a fault").to_string();
        assert!(error.contains("line 2: "), "{error}");
    }

    #[test]
    fn contigs_of_a_larger_genome_are_counted() {
        let file = tempfile::NamedTempFile::new().expect("temporary file");
        let count = |text: &str| {
            std::fs::write(file.path(), text).expect("written");
            read_bed_counted(file.path(), &contigs(), UnknownContigs::Count)
        };
        let (set, summary) = count("chr3\t0\t9999999\nchr1\t2\t5\nchrUn_1\t0\t1\n").expect("valid");
        assert_eq!(set.as_slice(), [Interval::new(0, 2, 5)]);
        assert_eq!(summary, BedSummary { intervals: 3, unknown: 2, ..BedSummary::default() });
        let error = count("chr3\t0\t5\n2\t0\t5\n").expect_err("another naming").to_string();
        assert!(error.contains("line 2: ") && error.contains("contig 2 is called chr2"), "{error}");
        let error = count("chr3\t7\t5\n").expect_err("a fault, though unknown").to_string();
        assert!(error.contains("behind the end"), "{error}");
        let error = read("chr3\t0\t5\n").expect_err("refused").to_string();
        assert!(error.contains("not in the reference"), "{error}");
    }

    proptest! {
        #[test]
        fn every_interval_is_accounted_for(
            parts in prop::collection::vec((0u32..2, 0u32..60, 0u32..9, prop::bool::weighted(0.1)), 0..30),
        ) {
            let mut text = String::new();
            for &(contig, start, length, unknown) in &parts {
                let name = if unknown { "other".to_owned() } else { format!("chr{}", contig + 1) };
                text.push_str(&format!("{name}\t{start}\t{}\n", start + length));
            }
            let file = tempfile::NamedTempFile::new().expect("temporary file");
            std::fs::write(file.path(), &text).expect("written");
            let (set, counts) = read_bed_counted(file.path(), &contigs(), UnknownContigs::Count).expect("valid");
            let merged = counts.overlapping + counts.touching;
            prop_assert_eq!(counts.intervals, parts.len() as u64);
            prop_assert_eq!(
                counts.intervals,
                counts.unknown + counts.empty + merged + set.as_slice().len() as u64
            );
            prop_assert_eq!(counts.unknown, parts.iter().filter(|part| part.3).count() as u64);
        }

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
