//! A genome with what is hard for aligners.

use std::ops::Range;
use std::sync::OnceLock;

use rihla_align::Index;

use crate::dice::{Dice, reverse};

const SPACE: usize = 3_000;

/// What a part of the genome is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// 15 % diverged copies of 300 bases and 4 % diverged ones of 1,500.
    Family,
    /// Units of 1 to 6 bases, 30 to 120 bases in all.
    Microsatellite,
    /// Two exact copies of 10 kb.
    Copies,
    /// 100 kb of a 171-base monomer, its copies 2 % diverged.
    Satellite,
}

/// One contig, its parts in order, and its index.
pub struct Genome {
    pub letters: Vec<u8>,
    parts: Vec<(Part, Range<usize>)>,
    pub index: Index,
}

/// The genome of all tests.
pub fn genome() -> &'static Genome {
    static GENOME: OnceLock<Genome> = OnceLock::new();
    GENOME.get_or_init(Genome::make)
}

impl Genome {
    fn make() -> Self {
        let mut dice = Dice::new(1);
        let mut pieces = pieces(&mut dice);
        for i in (1..pieces.len()).rev() {
            pieces.swap(i, dice.below(i + 1));
        }
        let (mut letters, mut parts) = (dice.letters(SPACE), Vec::new());
        for (part, piece) in pieces {
            let start = letters.len();
            letters.extend(if dice.permille(500) { reverse(&piece) } else { piece });
            parts.push((part, start..letters.len()));
            letters.extend(dice.letters(SPACE));
        }
        let index = crate::build(std::slice::from_ref(&letters));
        Self { letters, parts, index }
    }

    /// The stretches of a part.
    pub fn spans(&self, part: Part) -> Vec<Range<usize>> {
        self.parts.iter().filter(|(one, _)| *one == part).map(|(_, span)| span.clone()).collect()
    }

    /// Whether a stretch is not in the satellite array, where no read can be told from others.
    pub fn placeable(&self, stretch: &Range<usize>) -> bool {
        let hard = |part: &Part| matches!(part, Part::Satellite | Part::Copies);
        let meets = |span: &Range<usize>| span.start < stretch.end && stretch.start < span.end;
        !self.parts.iter().any(|(part, span)| hard(part) && meets(span))
    }
}

fn pieces(dice: &mut Dice) -> Vec<(Part, Vec<u8>)> {
    let (old, young) = (dice.letters(300), dice.letters(1_500));
    let mut pieces = Vec::new();
    for _ in 0..120 {
        pieces.push((Part::Family, dice.substituted(&old, 150)));
    }
    for _ in 0..30 {
        pieces.push((Part::Family, dice.substituted(&young, 40)));
    }
    for _ in 0..100 {
        let unit = dice.between(1, 6);
        let unit = dice.letters(unit);
        let length = dice.between(30, 120);
        pieces.push((Part::Microsatellite, unit.iter().copied().cycle().take(length).collect()));
    }
    let (copy, monomer) = (dice.letters(10_000), dice.letters(171));
    pieces.extend([(Part::Copies, copy.clone()), (Part::Copies, copy)]);
    let array = (0..585).flat_map(|_| dice.substituted(&monomer, 20)).collect();
    pieces.push((Part::Satellite, array));
    pieces
}
