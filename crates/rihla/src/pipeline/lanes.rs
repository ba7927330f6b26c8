//! The lanes of a sample: its files of reads, and the read group and library that each belongs to. A BAM or CRAM
//! has a lane for each of its read groups.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use rihla_core::Sex;
use rihla_fastq::{
    FastqReader, Input, QualityOffset, ReadCounts, ReadOptions, SheetRow, platform_unit, read_sheet,
};
use rihla_io::bam::{ReadGroup, join_programs};
use rihla_io::reads::{RecordReads, holds_records};
use rihla_shard::Origin;

use super::provenance::CommandLine;
use super::taken;
use super::trimming::Trimming;
use crate::cli::{ReadsFrom, ReferenceArgs, SampleArgs, parse_sample};
use crate::exit::{Failure, fault};
use crate::objects;

/// Lanes of a sample: their read groups and libraries have numbers of 16 bits.
const MOST_LANES: usize = u16::MAX as usize;

/// Platform of every read group.
const PLATFORM: &str = "ILLUMINA";

/// One lane's reads.
#[derive(Clone, Debug)]
pub struct Lane {
    /// FASTQ of one end, or of both; or a BAM or CRAM.
    pub reads: Vec<PathBuf>,
    /// Numbers of its library and read group.
    pub origin: Origin,
    /// Where it is a BAM or CRAM.
    pub records: Option<RecordLane>,
}

/// A read group of a BAM or CRAM.
#[derive(Clone, Debug)]
pub struct RecordLane {
    /// The file, its header read.
    file: Arc<Mutex<Option<RecordReads>>>,
    /// Number of the read group in it.
    pub group: usize,
}

impl RecordLane {
    /// The file, to be read on behind its header; once.
    #[must_use]
    pub fn take(&self) -> Option<RecordReads> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
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
    /// Its sex, where a sheet states it.
    pub sex: Option<Sex>,
    /// What is taken of the files.
    pub from: ReadsFrom,
    /// Whether each FASTQ holds both ends.
    pub interleaved: bool,
    /// How qualities are encoded, where the user says so.
    pub quality_offset: Option<QualityOffset>,
    /// Whether FASTQ is digested as it is read, for a manifest.
    pub digests: bool,
    /// How they are trimmed, if they are.
    pub trimming: Option<Trimming>,
    /// `@PG` lines of its BAM and CRAM files.
    pub programs: Vec<String>,
    /// The reference that a CRAM of aligned reads is decoded against.
    pub fasta: PathBuf,
    /// The sheet that lists them, if one does.
    sheet: Option<PathBuf>,
}

impl Sample {
    /// The sample that the options name.
    ///
    /// # Errors
    /// A sheet that is damaged or does not have the sample; reads that are not there; files of another sample.
    pub fn new(args: &SampleArgs, reference: &ReferenceArgs) -> Result<Self> {
        let (given, mut rows) = match &args.sheet {
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
        let mut files = rows.iter().map(open_records).collect::<Result<Vec<_>>>()?;
        if args.from == ReadsFrom::Bam {
            taken::check(args, &rows, &files)?;
        }
        let name = named(&given, &files)?;
        if let Some(library) = &args.library {
            rows.iter_mut().for_each(|row| row.library = Some(library.clone()));
        }
        let mut sample = Self {
            name,
            lanes: Vec::new(),
            groups: Vec::new(),
            libraries: Vec::new(),
            sex: sex_of(args.sheet.as_deref(), &rows)?,
            from: args.from,
            interleaved: args.interleaved,
            quality_offset: args.quality_offset,
            digests: true,
            trimming: Trimming::new(&args.trim),
            programs: join_programs(files.iter().flatten().map(RecordReads::programs)),
            fasta: reference.reference.clone(),
            sheet: args.sheet.clone(),
        };
        let count = rows.len();
        if count > MOST_LANES {
            return Err(fault(Failure::Usage, format!("a sample may have {MOST_LANES} lanes, not {count}")));
        }
        for ((number, row), file) in rows.into_iter().enumerate().zip(&mut files) {
            check_interleaved(args.interleaved, &row)?;
            let number = (count > 1).then_some(number + 1);
            match file.take() {
                Some(file) => sample.add_records(row, file, number),
                None => {
                    let unit = unit_of(&row.reads)?;
                    sample.add(row, unit, number);
                }
            }
        }
        if sample.lanes.len() > MOST_LANES {
            let message = format!("a sample may have {MOST_LANES} read groups, not {}", sample.lanes.len());
            return Err(fault(Failure::Usage, message));
        }
        check_once(&args.reads.lanes)?;
        Ok(sample)
    }

    /// The lanes that begin a file or the two of pairs: all but the further read groups of a BAM or CRAM.
    fn files_of_lanes(&self) -> impl Iterator<Item = &Lane> {
        self.lanes.iter().filter(|lane| lane.records.as_ref().is_none_or(|records| records.group == 0))
    }

    /// Number of lanes that are in the file of a lane, from that one on.
    #[must_use]
    pub fn lanes_in_file(&self, lane: usize) -> usize {
        let further = |lane: &&Lane| lane.records.as_ref().is_some_and(|records| records.group > 0);
        1 + self.lanes[lane + 1..].iter().take_while(further).count()
    }

    /// All files of reads.
    #[must_use]
    pub fn inputs(&self) -> Vec<PathBuf> {
        self.files_of_lanes().flat_map(|lane| lane.reads.clone()).collect()
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
            None => self.files_of_lanes().fold(command, |command, lane| {
                let reads: Vec<_> = lane.reads.iter().map(|path| path.to_string_lossy()).collect();
                command.option("reads", reads.join(" "))
            }),
        };
        let given = match self.from {
            ReadsFrom::Reads => given,
            ReadsFrom::Bam => given.option("from", "bam"),
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
        let library = row.library.clone().unwrap_or_else(|| self.name.clone());
        let in_sample = |part: &str| format!("{}.{part}", self.name);
        let own = match (&unit, &row.lane, number) {
            (Some(unit), _, _) => in_sample(unit),
            (None, Some(lane), _) => in_sample(lane),
            (None, None, Some(number)) => in_sample(&number.to_string()),
            (None, None, None) => self.name.clone(),
        };
        let mut id = row.read_group.clone().unwrap_or(own);
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
                    ..ReadGroup::default()
                });
                self.groups.len() - 1
            }
        };
        let origin = Origin { library: self.number_of(library), read_group: read_group as u16 };
        self.lanes.push(Lane { reads: row.reads, origin, records: None });
    }

    /// Takes in a BAM or CRAM: its read groups, else one as for FASTQ.
    fn add_records(&mut self, row: SheetRow, file: RecordReads, number: Option<usize>) {
        let groups = file.read_groups().to_vec();
        let file = Arc::new(Mutex::new(Some(file)));
        if groups.is_empty() {
            self.add(row, None, number);
            if let Some(lane) = self.lanes.last_mut() {
                lane.records = Some(RecordLane { file, group: 0 });
            }
            return;
        }
        for (group, found) in groups.into_iter().enumerate() {
            let library = row.library.clone().or(found.library.clone()).unwrap_or_else(|| self.name.clone());
            let named = ReadGroup {
                sample: self.name.clone(),
                library: Some(library.clone()),
                platform: Some(found.platform.clone().unwrap_or_else(|| PLATFORM.to_owned())),
                unit: Some(found.unit.clone().unwrap_or_else(|| found.id.clone())),
                ..found
            };
            let read_group = self.group_number(named);
            let origin = Origin { library: self.number_of(library), read_group };
            let records = Some(RecordLane { file: Arc::clone(&file), group });
            self.lanes.push(Lane { reads: row.reads.clone(), origin, records });
        }
    }

    /// The number of a read group, which is taken in if there is none like it; under another name where its own
    /// is taken.
    fn group_number(&mut self, mut group: ReadGroup) -> u16 {
        let own = group.id.clone();
        for number in 2.. {
            match self.groups.iter().position(|other| other.id == group.id) {
                Some(at) if self.groups[at] == group => return at as u16,
                Some(_) => group.id = format!("{own}.{number}"),
                None => break,
            }
        }
        self.groups.push(group);
        (self.groups.len() - 1) as u16
    }

    /// The number of a library.
    fn number_of(&mut self, library: String) -> u16 {
        // There are no more of them than lanes.
        let number = match self.libraries.iter().position(|other| *other == library) {
            Some(at) => at,
            None => {
                self.libraries.push(library);
                self.libraries.len() - 1
            }
        };
        number as u16
    }
}

/// The BAM or CRAM of a row, its header read; `None` for FASTQ.
fn open_records(row: &SheetRow) -> Result<Option<RecordReads>> {
    for path in &row.reads {
        if holds_records(path) {
            if row.reads.len() > 1 {
                let message =
                    "holds both ends of its reads; give it alone, and others by a --reads of their own";
                return Err(fault(Failure::Usage, format!("{}: {message}", path.display())));
            }
            return Ok(Some(RecordReads::open(path)?));
        }
    }
    Ok(None)
}

/// The sample's name: the one given, else that of the read groups, which must not be of another.
fn named(given: &str, files: &[Option<RecordReads>]) -> Result<String> {
    let mut name = given.to_owned();
    let groups = files.iter().flatten().flat_map(|file| file.read_groups().iter().map(move |g| (file, g)));
    for (file, group) in groups.filter(|(_, group)| !group.sample.is_empty()) {
        let (id, sample, path) = (&group.id, &group.sample, file.path().display());
        if name.is_empty() {
            let refuse = |advice| fault(Failure::Data, format!("{path}: sample '{sample}': {advice}"));
            name = parse_sample(sample).map_err(refuse)?;
        } else if *sample != name {
            let message = format!(
                "{path}: its read group {id} is of sample {sample}, not {name}; reads of one sample are taken: \
                 split the file (samtools split), or change --sample"
            );
            return Err(fault(Failure::Data, message));
        }
    }
    if name.is_empty() {
        let message = "the sample has no name: give --sample, as no read group of the reads names one";
        return Err(fault(Failure::Usage, message));
    }
    Ok(name)
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
    rows.iter_mut().try_for_each(|row| objects::fetch_reads(&mut row.reads))?;
    for row in &rows {
        row.library.iter().try_for_each(|library| checked("library", library))?;
        row.read_group.iter().try_for_each(|group| checked("read group", group))?;
        row.lane.iter().try_for_each(|lane| checked("lane", lane))?;
    }
    Ok((name, rows))
}

/// The sex that the rows of a sample state.
fn sex_of(sheet: Option<&Path>, rows: &[SheetRow]) -> Result<Option<Sex>> {
    let mut stated = None;
    for text in rows.iter().filter_map(|row| row.sex.as_deref()) {
        let refuse = |problem: String| {
            let sheet = sheet.map_or_else(String::new, |sheet| format!("{}: ", sheet.display()));
            fault(Failure::Data, format!("{sheet}sample '{}': {problem}", rows[0].sample))
        };
        let sex = match text.to_ascii_lowercase().as_str() {
            "xx" | "f" | "female" => Sex::Female,
            "xy" | "m" | "male" => Sex::Male,
            "na" | "n/a" | "u" | "unknown" | "other" => continue,
            _ => return Err(refuse(format!("sex '{text}' is none of XX, XY and NA"))),
        };
        if *stated.get_or_insert(sex) != sex {
            return Err(refuse("its lines state two sexes".to_owned()));
        }
    }
    Ok(stated)
}

/// Flow cell and lane of a lane's reads, by the name of the first; what cannot be read twice is not asked.
fn unit_of(reads: &[PathBuf]) -> Result<Option<String>> {
    let is_file = |path: &PathBuf| path.metadata().is_ok_and(|metadata| metadata.is_file());
    let is_stream = |path: &PathBuf| path == Path::new("-") || (path.exists() && !is_file(path));
    if reads.iter().any(is_stream) {
        return Ok(None);
    }
    let inputs: Vec<Input> = reads.iter().map(|path| objects::input(path)).collect();
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
