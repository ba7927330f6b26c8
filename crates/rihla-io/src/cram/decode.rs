//! Containers back into packed records. What is told apart here are the formats of records; the codecs are
//! noodles'.

use std::io::{self, Read};

use noodles::bam;
use noodles::cram::io::Reader;
use noodles::cram::io::reader::Container;
use noodles::fasta::Repository;
use noodles::sam::{self, alignment::io::Write as _};
use rihla_core::RecordRef;
use rihla_core::record::flags;

use crate::bam::header::InputHeader;
use crate::damage::guarded;

use super::claims;

/// What a file's containers are decoded with.
pub(crate) struct Decoder {
    /// As noodles wants it.
    pub header: sam::Header,
    pub letters: Repository,
}

/// Reads the file definition and the header.
pub(crate) fn read_header(reader: &mut Reader<impl Read>) -> io::Result<(sam::Header, InputHeader)> {
    let header = guarded(|| reader.read_header())?;
    let mut text = sam::io::Writer::new(Vec::new());
    text.write_header(&header)?;
    let ours = InputHeader::from_text(&String::from_utf8_lossy(text.get_ref()));
    Ok((header, ours))
}

impl Decoder {
    /// Reads the next container and calls `take` with each of its records; false at the end of the file.
    pub(crate) fn next_container(
        &self,
        reader: &mut Reader<impl Read>,
        mut take: impl FnMut(&mut [u8]) -> Result<(), String>,
    ) -> io::Result<bool> {
        let bytes = claims::read_container(reader.get_mut())?;
        let mut container = Container::default();
        if guarded(|| Reader::new(&bytes[..]).read_container(&mut container))? == 0 {
            return Ok(false);
        }
        let slices = guarded(|| self.slices(&container))?;
        for slice in &slices {
            let mut rest = &slice[..];
            while let Some((size, behind)) = rest.split_first_chunk::<4>() {
                let record;
                (record, rest) = behind
                    .split_at_checked(u32::from_le_bytes(*size) as usize)
                    .ok_or_else(|| invalid("the lengths in a record contradict each other".into()))?;
                let mut record = record.to_vec();
                settle(&mut record);
                let checked = match RecordRef::parse(&record) {
                    Some(_) => take(&mut record),
                    None => Err("the lengths in a record contradict each other".into()),
                };
                checked.map_err(invalid)?;
            }
        }
        Ok(true)
    }

    /// The records of each slice in BAM's form, their sizes before them.
    fn slices(&self, container: &Container) -> io::Result<Vec<Vec<u8>>> {
        let compression_header = container.compression_header()?;
        let mut slices = Vec::new();
        for slice in container.slices() {
            let slice = slice?;
            let (core, series) = slice.decode_blocks()?;
            let records =
                slice.records(self.letters.clone(), &self.header, &compression_header, &core, &series)?;
            let mut packed = bam::io::Writer::from(Vec::new());
            records.iter().try_for_each(|record| packed.write_alignment_record(&self.header, record))?;
            slices.push(packed.into_inner());
        }
        Ok(slices)
    }
}

/// CRAM has no mapping quality for unmapped records; what BAM has there is 0, not that it is unknown.
fn settle(record: &mut [u8]) {
    const MAPQ: usize = 9;
    if RecordRef::parse(record).is_some_and(|record| record.has_any(flags::UNMAPPED)) {
        record[MAPQ] = 0;
    }
}

fn invalid(problem: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}
