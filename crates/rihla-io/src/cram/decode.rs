//! Containers back into packed records. What is told apart here are the formats of records; the codecs are
//! noodles'.

use std::io::{self, Read};

use noodles::bam;
use noodles::cram::io::Reader;
use noodles::cram::io::reader::Container;
use noodles::fasta::Repository;
use noodles::sam::{self, alignment::io::Write as _};
use rihla_core::RecordRef;

use crate::bam::header::InputHeader;

/// What a file's containers are decoded with.
pub(crate) struct Decoder {
    /// As noodles wants it.
    pub header: sam::Header,
    pub letters: Repository,
}

/// Reads the file definition and the header.
pub(crate) fn read_header(reader: &mut Reader<impl Read>) -> io::Result<(sam::Header, InputHeader)> {
    let header = reader.read_header()?;
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
        let mut container = Container::default();
        if reader.read_container(&mut container)? == 0 {
            return Ok(false);
        }
        let compression_header = container.compression_header()?;
        for slice in container.slices() {
            let slice = slice?;
            let (core, series) = slice.decode_blocks()?;
            let records =
                slice.records(self.letters.clone(), &self.header, &compression_header, &core, &series)?;
            let mut packed = bam::io::Writer::from(Vec::new());
            for record in &records {
                packed.get_mut().clear();
                packed.write_alignment_record(&self.header, record)?;
                // The size of the record comes first.
                let bytes = packed.get_mut().get_mut(4..).unwrap_or_default();
                let checked = match RecordRef::parse(bytes) {
                    Some(_) => take(bytes),
                    None => Err("the lengths in a record contradict each other".into()),
                };
                checked.map_err(|problem| io::Error::new(io::ErrorKind::InvalidData, problem))?;
            }
        }
        Ok(true)
    }
}
