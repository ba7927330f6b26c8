//! CRAM in and out. Out, versions 3.0 and 3.1: sorted records against the reference, in containers that any thread can encode, written
//! in order with their index.
//!
//! [`CramEncoder::encode`] (pure, on worker threads) gives a [`CramBlock`]; [`CramWriter::append`] takes
//! the blocks in genome order; [`CramWriter::seal`] makes the CRAI. A container depends on its records
//! alone, so the bytes are the same for any number of threads, which htslib's own pool does not promise:
//! its choice of codecs learns from the containers in the order in which threads finish them.
//!
//! Written after "CRAM format specification (version 3.x)" and "CRAM codecs", hts-specs. The codecs are our own because
//! nobody's can be called: noodles keeps its encoders to itself, and htslib's are C. Names, qualities and all tags are
//! kept as they are, `MD` and `NM` among them, so that no reader has to make them up.
//!
//! In, versions 3.0 and 3.1: records by region, [`CramReader::query`].

mod block;
mod claims;
mod container;
pub(crate) mod decode;
mod encoder;
mod features;
pub(crate) mod letters;
mod mates;
mod names;
mod number;
mod packed;
mod rans;
mod rans_nx16;
mod reader;
mod series;
mod tags;
mod version;
mod writer;

pub(crate) use container::END;
pub use encoder::{CramBlock, CramEncoder};
pub use reader::CramReader;
pub use version::CramVersion;
pub use writer::CramWriter;

#[cfg(test)]
mod tests;
