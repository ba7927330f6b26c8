//! What an aligner says of a read's place beside its mapping quality.
//!
//! A read that fits another place as well may have a high mapping quality, as its mate holds it where it is. What it shows is then
//! no stray read's, while a read from a copy fits the place where it came to lie better than its own.

use rihla_core::RecordRef;

/// How a read fits its place, and how its mate does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certainty {
    /// Alignment score (`AS`) less that of the best other place (`XS`), at most [`MAX_MARGIN`] either way.
    pub margin: i8,
    /// Mapping quality of the mate (`MQ`).
    pub mate_quality: u8,
}

/// Margins beyond this are as good as any; six mismatches in bwa's scale.
pub const MAX_MARGIN: i8 = 30;
/// Where scores are not told, a mapping quality of 60 stands for a margin of 15.
const QUALITY_BY_MARGIN: u8 = 4;

impl Certainty {
    /// That of a record; by its mapping quality where tags are missing.
    #[must_use]
    pub fn of(record: &RecordRef<'_>) -> Self {
        let (mut score, mut other, mut mate) = (None, None, None);
        for field in record.tag_fields() {
            match &field.tag {
                b"AS" => score = field.int(),
                b"XS" => other = field.int(),
                b"MQ" => mate = field.int(),
                _ => {}
            }
        }
        let limit = i64::from(MAX_MARGIN);
        let known = score.zip(other).map(|(score, other)| score.saturating_sub(other).clamp(-limit, limit));
        let margin = known.unwrap_or_else(|| i64::from(record.mapq() / QUALITY_BY_MARGIN).min(limit));
        let mate_quality = mate.and_then(|quality| u8::try_from(quality).ok()).unwrap_or(record.mapq());
        Self { margin: margin as i8, mate_quality }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rihla_core::record::Placement;
    use rihla_core::{Cigar, RecordArena, RecordBuilder};

    fn of(mapq: u8, tags: &[([u8; 2], i32)]) -> Certainty {
        let mut arena = RecordArena::new();
        let placement = Placement {
            flags: 0x63,
            place: Some((0, 100)),
            mapq,
            mate: Some((0, 200)),
            template_length: 110,
        };
        let cigar = Cigar::parse("10M").expect("valid");
        let mut record = RecordBuilder::start(&mut arena, &placement, b"r", cigar.ops(), &[0; 10], &[30; 10]);
        tags.iter().for_each(|&(tag, value)| {
            record.int(tag, value);
        });
        record.finish();
        Certainty::of(&arena.get(0))
    }

    #[test]
    fn tags_tell_it_and_where_they_are_missing_the_mapping_quality() {
        let told = of(40, &[(*b"NM", 3), (*b"MQ", 60), (*b"AS", 135), (*b"XS", 140)]);
        assert_eq!(told, Certainty { margin: -5, mate_quality: 60 });
        assert_eq!(of(60, &[(*b"AS", 150), (*b"XS", 0)]).margin, MAX_MARGIN);
        assert_eq!(of(40, &[(*b"AS", 150)]), Certainty { margin: 10, mate_quality: 40 });
    }
}
