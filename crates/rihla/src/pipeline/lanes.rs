//! The lanes of a sample: its FASTQ files, and the read group and library that each belongs to.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_fastq::{
    FastqReader, Input, QualityOffset, ReadCounts, ReadOptions, SheetRow, platform_unit, read_sheet,
};
use rihla_io::bam::ReadGroup;
use rihla_shard::Origin;

use super::provenance::CommandLine;
use super::trimming::Trimming;
use crate::cli::{SampleArgs, parse_sample};
use crate::exit::{Failure, fault};

/// Lanes of a sample: their read groups and libraries have numbers of 16 bits.
const MOST_LANES: usize = u16::MAX as usize;

/// Platform of every read group.
const PLATFORM: &str = "ILLUMINA";

/// One lane's reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// FASTQ of one end, or of both.
    pub reads: Vec<PathBuf>,
    /// Numbers of its library and read group.
    pub origin: Origin,
}

/// What is to be aligned.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its name: `SM`.
    pub name: String,
    /// In the order in which they are read.
    pub lanes: Vec<Lane>,
    /// Read groups, as lanes number them.
    pub groups: Vec<ReadGroup>,
    /// Libraries, as lanes number them.
    pub libraries: Vec<String>,
    /// Whether each FASTQ holds both ends.
    pub interleaved: bool,
    /// How qualities are encoded, where the user says so.
    pub quality_offset: Option<QualityOffset>,
    /// How they are trimmed, if they are.
    pub trimming: Option<Trimming>,
    /// The sheet that lists them, if one does.
    sheet: Option<PathBuf>,
}

impl Sample {
    /// The sample that the options name.
    ///
    /// # Errors
    /// A sheet that is damaged or does not have the sample; reads that are not there.
    pub fn new(args: &SampleArgs) -> Result<Self> {
        let (name, mut rows) = match &args.sheet {
            Some(sheet) => choose(sheet, args.sample.as_deref())?,
            None => {
                let name = args.sample.clone().unwrap_or_default();
                let rows = args
                    .reads
                    .lanes
                    .iter()
                    .cloned()
                    .map(|reads| SheetRow { sample: name.clone(), ..SheetRow::of_reads(reads) });
                let rows = rows.collect();
                (name, rows)
            }
        };
        if let Some(library) = &args.library {
            rows.iter_mut().for_each(|row| row.library = Some(library.clone()));
        }
        let mut sample = Self {
            name,
            lanes: Vec::new(),
            groups: Vec::new(),
            libraries: Vec::new(),
            interleaved: args.interleaved,
            quality_offset: args.quality_offset,
            trimming: Trimming::new(&args.trim),
            sheet: args.sheet.clone(),
        };
        let count = rows.len();
        if count > MOST_LANES {
            return Err(fault(Failure::Usage, format!("a sample may have {MOST_LANES} lanes, not {count}")));
        }
        for (number, row) in rows.into_iter().enumerate() {
            check_interleaved(args.interleaved, &row)?;
            let unit = unit_of(&row.reads)?;
            sample.add(row, unit, (count > 1).then_some(number + 1));
        }
        check_once(&args.reads.lanes)?;
        Ok(sample)
    }

    /// All files of reads.
    #[must_use]
    pub fn inputs(&self) -> Vec<PathBuf> {
        self.lanes.iter().flat_map(|lane| lane.reads.clone()).collect()
    }

    /// All files that are read: those of reads, and the sheet.
    #[must_use]
    pub fn files(&self) -> Vec<PathBuf> {
        self.inputs().into_iter().chain(self.sheet.clone()).collect()
    }

    /// Counts of lanes, summed by read group.
    #[must_use]
    pub fn counts_by_group(&self, lanes: &[ReadCounts]) -> Vec<ReadCounts> {
        let mut groups = vec![ReadCounts::default(); self.groups.len()];
        for (lane, counts) in self.lanes.iter().zip(lanes) {
            groups[usize::from(lane.origin.read_group)].merge(counts);
        }
        groups
    }

    /// The files of a read group.
    pub fn files_of_group(&self, group: usize) -> impl Iterator<Item = &Path> {
        let lanes = self.lanes.iter().filter(move |lane| usize::from(lane.origin.read_group) == group);
        lanes.flat_map(|lane| lane.reads.iter().map(PathBuf::as_path))
    }

    /// Adds what names the reads to a command line.
    #[must_use]
    pub fn describe(&self, command: CommandLine) -> CommandLine {
        let given = match &self.sheet {
            Some(sheet) => command.path("sheet", sheet),
            None => self.lanes.iter().fold(command, |command, lane| {
                let reads: Vec<_> = lane.reads.iter().map(|path| path.to_string_lossy()).collect();
                command.option("reads", reads.join(" "))
            }),
        };
        let given = given.flag("interleaved", self.interleaved);
        let given = match self.quality_offset {
            Some(offset) => given.option("quality-offset", offset.to_string()),
            None => given,
        };
        let given = match &self.trimming {
            Some(trimming) => trimming.describe(given),
            None => given,
        };
        let given = given.option("sample", &self.name);
        // One library may have been given; several are the sheet's.
        match &self.libraries[..] {
            [only] => given.option("library", only),
            _ => given,
        }
    }

    /// Takes in a lane, `unit` being the flow cell and lane that its reads name; `number` tells lanes apart where
    /// there are several.
    fn add(&mut self, row: SheetRow, unit: Option<String>, number: Option<usize>) {
        let library = row.library.unwrap_or_else(|| self.name.clone());
        let in_sample = |part: &str| format!("{}.{part}", self.name);
        let own = match (&unit, &row.lane, number) {
            (Some(unit), _, _) => in_sample(unit),
            (None, Some(lane), _) => in_sample(lane),
            (None, None, Some(number)) => in_sample(&number.to_string()),
            (None, None, None) => self.name.clone(),
        };
        let mut id = row.read_group.unwrap_or(own);
        let taken = |groups: &[ReadGroup], id: &str| {
            groups.iter().any(|group| group.id == id && group.library.as_deref() != Some(&library))
        };
        if taken(&self.groups, &id) {
            id = format!("{id}.{library}");
        }
        let read_group = match self.groups.iter().position(|group| group.id == id) {
            Some(at) => at,
            None => {
                self.groups.push(ReadGroup {
                    unit: Some(unit.unwrap_or_else(|| id.clone())),
                    id,
                    sample: self.name.clone(),
                    library: Some(library.clone()),
                    platform: Some(PLATFORM.to_owned()),
                });
                self.groups.len() - 1
            }
        };
        let library = match self.libraries.iter().position(|other| *other == library) {
            Some(at) => at,
            None => {
                self.libraries.push(library);
                self.libraries.len() - 1
            }
        };
        // There are no more of either than lanes.
        let origin = Origin { library: library as u16, read_group: read_group as u16 };
        self.lanes.push(Lane { reads: row.reads, origin });
    }
}

/// The sample of a sheet that is wanted, and its rows.
///
/// # Errors
/// Usage, when the sheet does not have it; names that headers cannot hold.
pub fn choose(sheet: &Path, wanted: Option<&str>) -> Result<(String, Vec<SheetRow>)> {
    let mut rows = read_sheet(sheet)?;
    let mut names: Vec<&str> = rows.iter().map(|row| row.sample.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let name = match (wanted, &names[..]) {
        (Some(name), names) if names.contains(&name) => name.to_owned(),
        (None, [only]) => (*only).to_owned(),
        (wanted, names) => {
            let problem = match wanted {
                Some(name) => format!("there is no sample {name}"),
                None => "there are several samples".to_owned(),
            };
            let sheet = sheet.display();
            let message = format!("{sheet}: {problem}; give --sample with one of: {}", names.join(", "));
            return Err(fault(Failure::Usage, message));
        }
    };
    let checked = |what: &str, text: &str| {
        let refuse = |advice| fault(Failure::Data, format!("{}: {what} '{text}': {advice}", sheet.display()));
        parse_sample(text).map(drop).map_err(refuse)
    };
    checked("sample", &name)?;
    rows.retain(|row| row.sample == name);
    for row in &rows {
        row.library.iter().try_for_each(|library| checked("library", library))?;
        row.read_group.iter().try_for_each(|group| checked("read group", group))?;
        row.lane.iter().try_for_each(|lane| checked("lane", lane))?;
    }
    Ok((name, rows))
}

/// Flow cell and lane of a lane's reads, by the name of the first; what cannot be read twice is not asked.
fn unit_of(reads: &[PathBuf]) -> Result<Option<String>> {
    let is_file = |path: &PathBuf| path.metadata().is_ok_and(|metadata| metadata.is_file());
    let is_stream = |path: &PathBuf| path == Path::new("-") || (path.exists() && !is_file(path));
    if reads.iter().any(is_stream) {
        return Ok(None);
    }
    let inputs: Vec<Input> = reads.iter().map(|path| Input::from(path.clone())).collect();
    let options = ReadOptions { batch_bases: 1, ..ReadOptions::default() };
    let first = FastqReader::open(&inputs, options)?.next_batch()?;
    Ok(first.and_then(|batch| platform_unit(batch.read(0).name)))
}

/// A lane of interleaved pairs is one file.
///
/// # Errors
/// Usage.
pub fn check_interleaved(interleaved: bool, row: &SheetRow) -> Result<()> {
    if interleaved && row.reads.len() != 1 {
        let message = "--interleaved takes one file for each lane, which holds both reads of each pair; \
                       give one, or leave it out";
        return Err(fault(Failure::Usage, message));
    }
    Ok(())
}

/// No file may be given twice; the lines of a sheet are known to name none twice.
///
/// # Errors
/// Usage, naming the file.
pub fn check_once(lanes: &[Vec<PathBuf>]) -> Result<()> {
    let mut seen = HashSet::new();
    for path in lanes.iter().flatten() {
        let real = path.canonicalize().unwrap_or_else(|_| path.clone());
        if !seen.insert(real) {
            let message = format!("{}: is given twice; its reads would count twice", path.display());
            return Err(fault(Failure::Usage, message));
        }
    }
    Ok(())
}
