//! `rihla check`: are the reads sound? The gate of the main job alone, over all lanes.

use std::io::{StdoutLock, Write};
use std::path::Path;

use anyhow::{Error, Result};
use rihla_fastq::{
    FastqError, FastqReader, Input, QualityOffset, ReadCounts, ReadOptions, SheetRow, platform_unit,
    read_sheet,
};
use rihla_io::IoError;
use rihla_io::atomic::write_text;
use rihla_qc::{CHECK_VERSION, CheckReport, CheckedLane, LaneReads, Program, Verdict};

use crate::cli::CheckArgs;
use crate::context::Context;
use crate::ordered::for_each_ordered;
use crate::pipeline::ahead::Ahead;
use crate::pipeline::lanes::{check_interleaved, check_once, choose};
use crate::pipeline::metrics::input_counts;
use crate::pipeline::provenance::VERSION;
use crate::pipeline::reads::{UNPAIRED_MATES, looks_interleaved};
use crate::progress::Stage;
use crate::{exit, objects, paths};

/// Columns of the table.
const COLUMNS: [&str; 16] = [
    "lane",
    "sample",
    "unit",
    "files",
    "reads",
    "bases",
    "min_length",
    "mean_length",
    "max_length",
    "q20_percent",
    "q30_percent",
    "gc_percent",
    "n_percent",
    "qualities",
    "quality_offset",
    "verdict",
];

/// What stands in the table for what is not known.
const NOTHING: &str = ".";

/// What came of a lane, and what is wrong with it.
struct Checked {
    lane: CheckedLane,
    error: Option<Error>,
}

/// Reads all lanes to their end, prints a table of them, and says what is wrong with each.
///
/// # Errors
/// That of the first lane which has one, once all are read.
pub fn run(args: &CheckArgs) -> Result<()> {
    let context = Context::new(&(&args.run).into())?;
    let rows = rows(args)?;
    if let Some(json) = &args.json {
        let inputs = rows.iter().flat_map(|row| &row.reads).chain(&args.sheet);
        inputs.into_iter().try_for_each(|input| paths::differ(json, input))?;
    }
    let threads = context.threads() / rows.len().clamp(1, context.threads());
    let stage = context.progress.stage("check", "reads", 0);
    let gate = Gate { interleaved: args.interleaved, offset: args.quality_offset, threads, stage: &stage };
    let mut out = std::io::stdout().lock();
    print(&mut out, &COLUMNS)?;
    let (mut lanes, mut failure) = (Vec::new(), None);
    for_each_ordered(
        &context.pool,
        rows.len(),
        |number| Ok(gate.check(number + 1, &rows[number])),
        |_, Checked { lane, error }| {
            print(&mut out, &cells(&lane))?;
            lane.warnings.iter().for_each(|warning| context.progress.warn(warning));
            if let Some(error) = error {
                let told = exit::tell(&error);
                failure = failure.or(Some(told));
            }
            lanes.push(lane);
            Ok(())
        },
    )?;
    stage.finish();
    if let Some(path) = &args.json {
        let program = Program { name: "rihla".to_owned(), version: VERSION.to_owned() };
        let report = CheckReport { check_version: CHECK_VERSION, program, lanes };
        objects::commit(write_text(path, &report.to_json())?.into())?;
        context.progress.say(&format!("wrote {}", path.display()));
    }
    failure.map_or(Ok(()), |failure| Err(exit::told(failure)))
}

/// The lanes that the options name.
fn rows(args: &CheckArgs) -> Result<Vec<SheetRow>> {
    let mut rows = match (&args.sheet, &args.sample) {
        (Some(sheet), Some(_)) => choose(sheet, args.sample.as_deref())?.1,
        (Some(sheet), None) => read_sheet(sheet)?,
        (None, _) => args.reads.lanes.iter().cloned().map(SheetRow::of_reads).collect(),
    };
    rows.iter_mut().try_for_each(|row| objects::fetch_reads(&mut row.reads))?;
    rows.iter().try_for_each(|row| check_interleaved(args.interleaved, row))?;
    check_once(&args.reads.lanes)?;
    Ok(rows)
}

/// How lanes are checked.
struct Gate<'a> {
    interleaved: bool,
    offset: Option<QualityOffset>,
    /// Threads that each input may be inflated by.
    threads: usize,
    stage: &'a Stage,
}

impl Gate<'_> {
    fn check(&self, number: usize, row: &SheetRow) -> Checked {
        let mut lane = CheckedLane {
            lane: number,
            sample: Some(row.sample.clone()).filter(|sample| !sample.is_empty()),
            unit: None,
            files: row
                .reads
                .iter()
                .map(|path| objects::shown(&path.to_string_lossy()).into_owned())
                .collect(),
            verdict: Verdict::Ok,
            error: None,
            warnings: Vec::new(),
            paired: self.interleaved || row.reads.len() == 2,
            quality_offset: Some(self.offset.unwrap_or_default().lowest_letter()),
            counts: None,
        };
        let error = match self.read(row, &mut lane) {
            Ok(counts) => {
                lane.counts = Some(LaneReads::new(&input_counts(&counts)));
                None
            }
            Err(error) => {
                if matches!(error, FastqError::OldQualities { .. }) {
                    lane.quality_offset = None;
                }
                Some(Error::from(error))
            }
        };
        lane.error = error.as_ref().map(exit::one_line);
        lane.verdict = match (&lane.error, &lane.warnings[..]) {
            (Some(_), _) => Verdict::Error,
            (None, []) => Verdict::Ok,
            (None, _) => Verdict::Warning,
        };
        Checked { lane, error }
    }

    /// Reads a lane to its end.
    fn read(&self, row: &SheetRow, lane: &mut CheckedLane) -> Result<ReadCounts, FastqError> {
        let inputs: Vec<Input> = row.reads.iter().map(|path| objects::input(path)).collect();
        let options = ReadOptions { quality_offset: self.offset, ..ReadOptions::default() };
        let mut reader =
            FastqReader::open_with(&inputs, options, |stream| Ahead::if_spare(stream, self.threads))?;
        if self.interleaved {
            reader = reader.interleaved();
        }
        let (mut counts, mut batch) = (ReadCounts::default(), Default::default());
        while reader.next_batch_into(&mut batch)? {
            if batch.number == 0 {
                lane.unit = platform_unit(batch.read(0).name);
                lane.warnings
                    .extend(looks_interleaved(&batch).then(|| format!("{}: {UNPAIRED_MATES}", inputs[0])));
            }
            counts.merge(&ReadCounts::of(&batch));
            self.stage.add(batch.len() as u64);
        }
        lane.warnings.extend(reader.warnings().iter().map(ToString::to_string));
        Ok(counts)
    }
}

/// A line of the table.
fn cells(lane: &CheckedLane) -> [String; COLUMNS.len()] {
    let number = |part: fn(&LaneReads) -> Option<String>| {
        lane.counts.as_ref().and_then(part).unwrap_or_else(|| NOTHING.to_owned())
    };
    let name = |text: &Option<String>| text.clone().unwrap_or_else(|| NOTHING.to_owned());
    let percent = |fraction: Option<f64>| fraction.map(|fraction| format!("{:.2}", 100.0 * fraction));
    let shares = |part: fn(&LaneReads) -> Option<f64>| {
        lane.counts.as_ref().and_then(|counts| percent(part(counts))).unwrap_or_else(|| NOTHING.to_owned())
    };
    [
        lane.lane.to_string(),
        name(&lane.sample),
        name(&lane.unit),
        lane.files.join(","),
        number(|counts| Some(counts.reads.to_string())),
        number(|counts| Some(counts.bases.to_string())),
        number(|counts| counts.min_length.map(|length| length.to_string())),
        number(|counts| counts.mean_length.map(|length| format!("{length:.1}"))),
        number(|counts| counts.max_length.map(|length| length.to_string())),
        shares(|counts| counts.q20_fraction),
        shares(|counts| counts.q30_fraction),
        shares(|counts| counts.gc_fraction),
        shares(|counts| counts.n_fraction),
        number(|counts| Some(format!("{}-{}", counts.min_quality?, counts.max_quality?))),
        lane.quality_offset.map_or_else(|| NOTHING.to_owned(), |offset| offset.to_string()),
        lane.verdict.word().to_owned(),
    ]
}

fn print(out: &mut StdoutLock<'_>, cells: &[impl AsRef<str>]) -> Result<()> {
    let cells: Vec<&str> = cells.iter().map(AsRef::as_ref).collect();
    writeln!(out, "{}", cells.join("\t"))
        .map_err(|source| IoError::writing(Path::new("standard output"), source).into())
}
