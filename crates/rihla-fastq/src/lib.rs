//! FASTQ in: one or two inputs, or one of interleaved pairs, checked and cut into numbered batches.
//!
//! The content decides how an input is read: plain text, gzip of one or many members, BGZF
//! (bgzip), or zstd. An input is read by the calling thread alone; a driver that wants decompression beside
//! its work gives the reader a thread of its own, and, by [`FastqReader::open_with`], some to each input, which
//! take it in parts ([`TextStream::read_part`]) whose blocks they inflate at the same time. Whatever could
//! silently lose reads is an error that names the file, the record and the remedy: see [`FastqError`].
//!
//! ```no_run
//! use rihla_fastq::{FastqReader, Input, ReadOptions};
//! # fn main() -> Result<(), rihla_fastq::FastqError> {
//! let inputs = [Input::from("lane1_R1.fastq.gz"), Input::from("lane1_R2.fastq.gz")];
//! let mut reader = FastqReader::open(&inputs, ReadOptions::default())?;
//! while let Some(batch) = reader.next_batch()? {
//!     assert!(batch.paired);
//! }
//! # Ok(())
//! # }
//! ```

mod clean;
mod counts;
mod decode;
mod encoding;
mod error;
mod header;
mod input;
mod meter;
mod options;
mod platform_unit;
mod reader;
mod scan;
mod sheet;
pub mod trim;

pub use counts::{CycleCounts, ReadCounts};
pub use decode::{Inflater, TextPart, TextStream};
pub use encoding::{QualityOffset, QualityRange};
pub use error::{Compression, ErrorKind, FastqError, RecordFault, StreamFault, Warning};
pub use input::{Input, Source};
pub use options::{DEFAULT_BATCH_BASES, MAX_NAME_LENGTH, MAX_READ_LENGTH, ReadOptions};
pub use platform_unit::platform_unit;
pub use reader::FastqReader;
pub use sheet::{SheetError, SheetRow, read_sheet};
