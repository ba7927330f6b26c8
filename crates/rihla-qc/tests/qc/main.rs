//! Metrics from outside: records, depth against a naive definition, variants, the report.

mod depth;
mod records;
mod report;
mod variants;

use rihla_core::record::{Placement, flags};
use rihla_core::{Cigar, RecordArena, RecordBuilder};

/// A record to be built, of as many bases as its CIGAR reads: all A, each seventh of quality 12 and the others of 30.
#[derive(Clone, Debug)]
struct Sketch {
    name: String,
    flags: u16,
    place: Option<(u32, u32)>,
    mapq: u8,
    mate: Option<(u32, u32)>,
    template_length: i32,
    cigar: String,
}

impl Sketch {
    /// A mapped single read.
    fn single(name: &str, contig: u32, position: u32, cigar: &str) -> Self {
        Self {
            name: name.to_owned(),
            flags: 0,
            place: Some((contig, position)),
            mapq: 60,
            mate: None,
            template_length: 0,
            cigar: cigar.to_owned(),
        }
    }

    /// The proper pair of two reads on one contig, leftmost first.
    fn pair(name: &str, contig: u32, one: (u32, &str), two: (u32, &str)) -> [Self; 2] {
        let end = two.0 + span(two.1);
        let length = end as i32 - one.0 as i32;
        let half = |at: (u32, &str), mate: u32, bits: u16, template_length| Self {
            flags: flags::PAIRED | flags::PROPER_PAIR | bits,
            mate: Some((contig, mate)),
            template_length,
            ..Self::single(name, contig, at.0, at.1)
        };
        [
            half(one, two.0, flags::FIRST | flags::MATE_REVERSE, length),
            half(two, one.0, flags::LAST | flags::REVERSE, -length),
        ]
    }

    fn flagged(mut self, bits: u16) -> Self {
        self.flags |= bits;
        self
    }
}

fn cigar(text: &str) -> Cigar {
    if text.is_empty() { Cigar::default() } else { Cigar::parse(text).expect("valid") }
}

/// Reference bases under a CIGAR.
fn span(text: &str) -> u32 {
    rihla_core::cigar::reference_span(cigar(text).ops().iter().copied())
}

/// The records in one arena, by position as in a BAM file.
fn arena<'a>(sketches: impl IntoIterator<Item = &'a Sketch>) -> RecordArena {
    let mut sorted: Vec<&Sketch> = sketches.into_iter().collect();
    sorted.sort_by_key(|sketch| sketch.place.unwrap_or((u32::MAX, u32::MAX)));
    let mut arena = RecordArena::new();
    for sketch in sorted {
        let placement = Placement {
            flags: sketch.flags,
            place: sketch.place,
            mapq: sketch.mapq,
            mate: sketch.mate,
            template_length: sketch.template_length,
        };
        let (name, cigar) = (sketch.name.as_bytes(), cigar(&sketch.cigar));
        let length =
            cigar.ops().iter().filter(|op| op.kind().consumes_read()).map(|op| op.len() as usize).sum();
        let qualities: Vec<u8> = (0..length).map(|i| if i % 7 == 3 { 12 } else { 30 }).collect();
        RecordBuilder::start(&mut arena, &placement, name, cigar.ops(), &vec![0; length], &qualities)
            .finish();
    }
    arena
}
