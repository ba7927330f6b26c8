//! `rihla gather`: the parts of a run as the run without parts would have written it.

mod parts;

use std::path::{Path, PathBuf};

use anyhow::Result;
use rihla_io::AtomicSet;
use rihla_io::vcf::{RawVcfWriter, WholeRecords};

use crate::cli::GatherArgs;
use crate::exit::{Failure, fault};
use crate::paths;
use crate::progress::{Progress, grouped};
use parts::Parts;

/// Reads the parts and writes the whole.
///
/// # Errors
/// Parts that are missing, damaged, of unlike runs, that overlap, or do not make a whole; the output not writable.
pub fn run(args: &GatherArgs) -> Result<()> {
    let progress = Progress::new(args.quiet);
    check_paths(args)?;
    let parts = Parts::read(&args.parts)?;
    let mut writer = RawVcfWriter::create(&args.out, &parts.header, &parts.contigs)?;
    if parts.are_bcf && !writer.is_bcf() {
        let message = format!(
            "{}: the parts are BCF, of which a VCF would differ from the run's; name it .bcf, or call parts in .vcf.gz",
            args.out.display()
        );
        return Err(fault(Failure::Usage, message));
    }
    let count = copy(&parts, &mut writer)?;
    let files: AtomicSet = writer.seal()?;
    files.commit()?;
    let number = grouped(args.parts.len() as u64);
    progress.say(&format!("wrote {} ({count} records of {number} parts)", args.out.display()));
    Ok(())
}

fn check_paths(args: &GatherArgs) -> Result<()> {
    for (i, part) in args.parts.iter().enumerate() {
        paths::differ(&args.out, part)?;
        if args.parts[..i].contains(part) {
            let message = format!("{}: is given twice; name each part once", part.display());
            return Err(fault(Failure::Usage, message));
        }
    }
    Ok(())
}

/// Copies the records of one stretch after the other, each from the part that holds it; a part is open from its first to its last.
fn copy(parts: &Parts, writer: &mut RawVcfWriter) -> Result<u64> {
    let mut open: Vec<Option<Source>> = parts.paths.iter().map(|_| None).collect();
    let mut left: Vec<usize> = vec![0; open.len()];
    parts.stretches.iter().for_each(|&(_, part)| left[part] += 1);
    let mut count = 0;
    for &(stretch, part) in &parts.stretches {
        let source = match &mut open[part] {
            Some(source) => source,
            closed => closed.insert(Source::open(&parts.paths[part])?),
        };
        while source.next.is_some_and(|place| stretch.contains(place.contig, place.start)) {
            source.copy(writer)?;
            count += 1;
        }
        left[part] -= 1;
        if left[part] == 0 {
            source.end(&parts.paths[part])?;
            open[part] = None;
        }
    }
    Ok(count)
}

/// A part of which records are copied.
struct Source {
    records: WholeRecords,
    /// Place of the record that is next.
    next: Option<rihla_core::Interval>,
    record: Vec<u8>,
}

impl Source {
    fn open(path: &PathBuf) -> Result<Self> {
        let mut source = Self { records: WholeRecords::open(path)?, next: None, record: Vec::new() };
        source.advance()?;
        Ok(source)
    }

    fn advance(&mut self) -> Result<()> {
        self.record.clear();
        self.next = self.records.next_record()?.map(|(place, record)| {
            self.record.extend_from_slice(record);
            place
        });
        Ok(())
    }

    fn copy(&mut self, writer: &mut RawVcfWriter) -> Result<()> {
        if let Some(place) = self.next {
            match self.records.is_bcf() {
                true => writer.write_bcf_record(place, &self.record)?,
                false => writer.write_line(place, &self.record)?,
            }
        }
        self.advance()
    }

    /// No record may be left that begins in no stretch, or before the one behind which it stands.
    fn end(&self, path: &Path) -> Result<()> {
        let Some(place) = self.next else { return Ok(()) };
        let name = &self.records.contigs().get(place.contig).name;
        let message = format!(
            "{}: its record at {name}:{} is out of order or outside of the part; call the part again",
            path.display(),
            place.start + 1
        );
        Err(fault(Failure::Data, message))
    }
}
