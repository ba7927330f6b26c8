//! Kinds of reads, with the places that are right for them.

use std::ops::Range;

use crate::dice::{Dice, reverse};
use crate::genome::{Genome, Part};

/// Errors in a thousand bases.
const ERRORS: usize = 5;
/// Length of the gaps.
const GAP: usize = 30;
const ADAPTERS: [&[u8]; 2] = [
    b"AGATCGGAAGAGCACACGTCTGAACTCCAGTCACATCACGATCTCGTATGCCGTCTTCTGCTTG",
    b"AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGTAGATCTCGGTGGTCGCCGTATCATT",
];

/// Where a read, or a piece of it, belongs.
#[derive(Clone, Debug)]
pub struct Place {
    pub span: Range<usize>,
    pub reverse: bool,
}

/// A read and the places of which each is right.
pub type End = (Vec<u8>, Vec<Place>);

/// What is done to clean reads.
#[derive(Clone, Copy, Debug)]
pub enum Hardship {
    /// Errors in 0.5 % of the bases.
    Clean,
    /// 6 to 8 % of the bases differ.
    Diverged,
    /// 30 bases of the genome are missing in both mates, in the middle or 25 to 40 bases from an end.
    Deletion { middle: bool },
    /// 30 bases more in both mates.
    Insertion { middle: bool },
    /// The first mate goes on elsewhere.
    Chimera,
    /// Fragments of 50 to 140 bases, then adapters.
    Adapter,
    /// So many in a hundred bases are N.
    Unknown(usize),
    /// Over a part of the genome.
    Over(Part),
    /// The same, and 1 to 8 bases of one mate are missing.
    Slip(Part),
    /// One or two letters in turn.
    Simple,
    /// Not from this genome.
    Foreign,
}

/// A kind of reads of one length.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    pub hardship: Hardship,
    pub length: usize,
    pub paired: bool,
}

impl Kind {
    /// Mean length of the fragments.
    pub fn mean(&self) -> u32 {
        if self.length > 200 { 600 } else { 400 }
    }

    /// So many templates, their mates next to each other.
    pub fn reads(&self, genome: &Genome, templates: usize) -> Vec<End> {
        let mut dice = Dice::new(self.length as u64 + 1000 * u64::from(self.paired));
        let ends = if self.paired { 2 } else { 1 };
        (0..templates).flat_map(|_| self.template(genome, &mut dice).into_iter().take(ends)).collect()
    }

    fn template(&self, genome: &Genome, dice: &mut Dice) -> [End; 2] {
        match self.hardship {
            Hardship::Clean => self.plain(genome, dice, ERRORS, None),
            Hardship::Diverged => {
                let share = dice.between(60, 80);
                self.plain(genome, dice, share, None)
            }
            Hardship::Over(part) => self.plain(genome, dice, ERRORS, Some(part)),
            Hardship::Slip(part) => {
                let [(mut letters, places), mate] = self.plain(genome, dice, ERRORS, Some(part));
                let (at, missing) = (dice.between(40, self.length - 50), dice.between(1, 8));
                letters.drain(at..at + missing);
                [(letters, places), mate]
            }
            Hardship::Deletion { middle } => self.gapped(genome, dice, middle, true),
            Hardship::Insertion { middle } => self.gapped(genome, dice, middle, false),
            Hardship::Chimera => self.chimera(genome, dice),
            Hardship::Adapter => self.adapter(genome, dice),
            Hardship::Unknown(share) => self.plain(genome, dice, ERRORS, None).map(|(letters, places)| {
                let hide = |letter| if dice.permille(10 * share) { b'N' } else { letter };
                (letters.into_iter().map(hide).collect(), places)
            }),
            Hardship::Simple => [(); 2].map(|()| {
                let unit = dice.letters(2);
                let letters: Vec<u8> = unit.into_iter().cycle().take(self.length).collect();
                (dice.substituted(&letters, 10), Vec::new())
            }),
            Hardship::Foreign => [(); 2].map(|()| (dice.letters(self.length), Vec::new())),
        }
    }

    /// A fragment outside the arrays and copies, or over a part of the genome.
    fn fragment(&self, genome: &Genome, dice: &mut Dice, over: Option<Part>) -> Range<usize> {
        let length = self.mean() as usize - 90 + dice.below(60) + dice.below(60) + dice.below(60);
        loop {
            let start = match over {
                None => dice.below(genome.letters.len() - length),
                Some(part) => {
                    let spans = genome.spans(part);
                    let span = spans[dice.below(spans.len())].clone();
                    let middle = dice.between(span.start, span.end - 1);
                    let back = if self.paired && dice.permille(500) { length - self.length } else { 0 };
                    middle.saturating_sub(self.length / 2 + back)
                }
            };
            let stretch = start..start + length;
            let wholly = |span: &Range<usize>| span.start <= start && stretch.end <= span.end;
            let right = match over {
                None => genome.placeable(&stretch),
                Some(part @ (Part::Satellite | Part::Copies)) => genome.spans(part).iter().any(wholly),
                Some(_) => true,
            };
            if right && stretch.end <= genome.letters.len() {
                return stretch;
            }
        }
    }

    fn plain(&self, genome: &Genome, dice: &mut Dice, errors: usize, over: Option<Part>) -> [End; 2] {
        let fragment = self.fragment(genome, dice, over);
        let spans = [fragment.start..fragment.start + self.length, fragment.end - self.length..fragment.end];
        let ends = spans.map(|span| (dice.substituted(&genome.letters[span.clone()], errors), span));
        mates(dice, ends)
    }

    fn gapped(&self, genome: &Genome, dice: &mut Dice, middle: bool, deleted: bool) -> [End; 2] {
        let fragment = self.fragment(genome, dice, None);
        let (own, gap) = if deleted { (self.length, GAP) } else { (self.length - GAP, 0) };
        let spans = [fragment.start..fragment.start + own + gap, fragment.end - own - gap..fragment.end];
        let ends = spans.map(|span| {
            let before = if middle { dice.between(own / 3, 2 * own / 3) } else { dice.between(25, 40) };
            let before = if middle || dice.permille(500) { before } else { own - before };
            let inserted = if deleted { Vec::new() } else { dice.letters(GAP) };
            let (head, tail) = (span.start..span.start + before, span.end - (own - before)..span.end);
            let letters = [&genome.letters[head], &inserted, &genome.letters[tail]].concat();
            (dice.substituted(&letters, ERRORS), span)
        });
        mates(dice, ends)
    }

    fn chimera(&self, genome: &Genome, dice: &mut Dice) -> [End; 2] {
        let (fragment, other) = (self.fragment(genome, dice, None), self.fragment(genome, dice, None));
        let first = dice.between(40, self.length - 40);
        let here = fragment.start..fragment.start + first;
        let there = other.start..other.start + self.length - first;
        let backward = dice.permille(500);
        let tail = &genome.letters[there.clone()];
        let tail = if backward { reverse(tail) } else { tail.to_vec() };
        let letters = dice.substituted(&[&genome.letters[here.clone()], &tail[..]].concat(), ERRORS);
        let mate = fragment.end - self.length..fragment.end;
        let mate_letters = dice.substituted(&reverse(&genome.letters[mate.clone()]), ERRORS);
        let places = vec![Place { span: here, reverse: false }, Place { span: there, reverse: backward }];
        [(letters, places), (mate_letters, vec![Place { span: mate, reverse: true }])]
    }

    fn adapter(&self, genome: &Genome, dice: &mut Dice) -> [End; 2] {
        let start = self.fragment(genome, dice, None).start;
        let span = start..start + dice.between(50, 140);
        [false, true].map(|backward| {
            let inner = &genome.letters[span.clone()];
            let inner = if backward { reverse(inner) } else { inner.to_vec() };
            let mut letters = [&inner, ADAPTERS[usize::from(backward)]].concat();
            letters.resize(letters.len().max(self.length), b'G');
            letters.truncate(self.length);
            (dice.substituted(&letters, ERRORS), vec![Place { span: span.clone(), reverse: backward }])
        })
    }
}

/// Both ends of a fragment as sequenced, from one strand or the other.
fn mates(dice: &mut Dice, [(left, here), (right, there)]: [(Vec<u8>, Range<usize>); 2]) -> [End; 2] {
    let first = (left, vec![Place { span: here, reverse: false }]);
    let second = (reverse(&right), vec![Place { span: there, reverse: true }]);
    if dice.permille(500) { [first, second] } else { [second, first] }
}
