//! The entropy coder of CRAM 3.0: rANS with four interleaved states of 32 bits, written bytewise (CRAM
//! codecs, section 2; Duda 2013; the division by a reciprocal is Giesen's).
//!
//! Order 0 codes each byte by its frequency, order 1 by its frequency behind the byte before it.

/// Frequencies are parts of 2^12.
pub(super) const SHIFT: u32 = 12;
/// What the frequencies of a context add up to: one less, as old decoders want it.
const TOTAL: u32 = (1 << SHIFT) - 1;
/// A state stays at or above it.
const LOWEST: u32 = 1 << 23;
/// Bytes that order 1 needs: one for each state.
const LEAST_FIRST_ORDER: usize = 4;

/// How much of what stands before a byte its frequency depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Zero,
    One,
}

/// Compresses bytes, of which there must be some. Too few for order 1 are coded with order 0.
pub(super) fn encode(bytes: &[u8], order: Order) -> Vec<u8> {
    let (order, content) = match order {
        Order::One if bytes.len() >= LEAST_FIRST_ORDER => (1, encode_first(bytes)),
        _ => (0, encode_zeroth(bytes)),
    };
    let mut out = Vec::with_capacity(9 + content.len());
    out.push(order);
    out.extend_from_slice(&(content.len() as u32).to_le_bytes());
    out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
    out.extend_from_slice(&content);
    out
}

/// The different bytes of a text, and the place of each among them: tables stay as small as the text allows.
pub(super) struct Alphabet {
    pub(super) letters: Vec<u8>,
    place: [u8; 256],
}

impl Alphabet {
    pub(super) fn of(bytes: &[u8]) -> Self {
        let mut is_there = [false; 256];
        bytes.iter().for_each(|&byte| is_there[usize::from(byte)] = true);
        Self::from_flags(&is_there)
    }

    pub(super) fn from_flags(is_there: &[bool; 256]) -> Self {
        let letters: Vec<u8> = (0..=255).filter(|&letter| is_there[usize::from(letter)]).collect();
        let mut place = [0; 256];
        for (at, &letter) in letters.iter().enumerate() {
            place[usize::from(letter)] = at as u8;
        }
        Self { letters, place }
    }

    pub(super) fn len(&self) -> usize {
        self.letters.len()
    }

    pub(super) fn place(&self, letter: u8) -> usize {
        usize::from(self.place[usize::from(letter)])
    }
}

fn encode_zeroth(bytes: &[u8]) -> Vec<u8> {
    let alphabet = Alphabet::of(bytes);
    let mut counts = vec![0; alphabet.len()];
    bytes.iter().for_each(|&byte| counts[alphabet.place(byte)] += 1);
    scale(&mut counts, TOTAL);
    let mut out = Vec::new();
    push_frequencies(&alphabet.letters, &counts, &mut out);
    let symbols = Symbol::all(&counts);
    let mut coder = Coder::with_capacity(bytes.len());
    for (at, &byte) in bytes.iter().enumerate().rev() {
        coder.put(at % 4, &symbols[alphabet.place(byte)]);
    }
    coder.finish_into(&mut out);
    out
}

fn encode_first(bytes: &[u8]) -> Vec<u8> {
    // Each state codes a quarter, the last the rest too; before the first byte of each stands a zero.
    let quarter = bytes.len() / 4;
    let starts = [0, quarter, 2 * quarter, 3 * quarter];
    let mut is_there = [false; 256];
    bytes.iter().for_each(|&byte| is_there[usize::from(byte)] = true);
    is_there[0] = true;
    let alphabet = Alphabet::from_flags(&is_there);
    let size = alphabet.len();
    let mut counts = vec![0; size * size];
    let mut before = 0;
    for (at, &byte) in bytes.iter().enumerate() {
        let place = alphabet.place(byte);
        counts[if starts.contains(&at) { 0 } else { before * size } + place] += 1;
        before = place;
    }
    let mut out = Vec::new();
    let contexts: Vec<usize> =
        (0..size).filter(|row| counts[row * size..][..size].iter().any(|&count| count > 0)).collect();
    let mut runs = Runs::default();
    let names: Vec<u8> = contexts.iter().map(|&row| alphabet.letters[row]).collect();
    let mut symbols = vec![Symbol::default(); size * size];
    for (at, &row) in contexts.iter().enumerate() {
        let row_counts = &mut counts[row * size..][..size];
        scale(row_counts, TOTAL);
        runs.push(&names, at, &mut out);
        push_frequencies(&alphabet.letters, row_counts, &mut out);
        symbols[row * size..][..size].copy_from_slice(&Symbol::all(row_counts));
    }
    out.push(0);
    let symbol = |before: u8, byte: u8| &symbols[alphabet.place(before) * size + alphabet.place(byte)];
    let mut coder = Coder::with_capacity(bytes.len());
    for at in (4 * quarter..bytes.len()).rev() {
        coder.put(3, symbol(bytes[at - 1], bytes[at]));
    }
    for step in (1..quarter).rev() {
        for state in (0..4).rev() {
            let at = starts[state] + step;
            coder.put(state, symbol(bytes[at - 1], bytes[at]));
        }
    }
    for state in (0..4).rev() {
        coder.put(state, symbol(0, bytes[starts[state]]));
    }
    coder.finish_into(&mut out);
    out
}

/// Scales counts to frequencies that add up to `total`; what occurs keeps one at least.
pub(super) fn scale(counts: &mut [u32], total: u32) {
    let all: u64 = counts.iter().map(|&count| u64::from(count)).sum();
    for count in counts.iter_mut().filter(|count| **count > 0) {
        *count = ((u64::from(*count) * u64::from(total) / all) as u32).max(1);
    }
    let sum: u32 = counts.iter().sum();
    let largest = |counts: &[u32]| (0..counts.len()).rev().max_by_key(|&at| counts[at]).unwrap_or(0);
    if sum < total {
        counts[largest(counts)] += total - sum;
    }
    let mut above = sum.saturating_sub(total);
    while above > 0 {
        // 256 letters with one each are far below the total, so there is one that can give.
        let at = largest(counts);
        let given = above.min(counts[at] / 2);
        counts[at] -= given;
        above -= given;
    }
}

/// Names of letters in ascending order: of those in a row only the first two are told, and how many follow.
#[derive(Default)]
pub(super) struct Runs {
    left: usize,
}

impl Runs {
    /// Names the letter at a place of the list, if it must be.
    pub(super) fn push(&mut self, letters: &[u8], at: usize, out: &mut Vec<u8>) {
        if self.left > 0 {
            self.left -= 1;
            return;
        }
        let letter = letters[at];
        out.push(letter);
        let follows = |at: usize| letters[at].checked_sub(1) == Some(letters[at - 1]);
        if at > 0 && follows(at) {
            self.left = (at + 1..letters.len()).take_while(|&at| follows(at)).count();
            out.push(self.left as u8);
        }
    }
}

/// A table of frequencies: letters that occur, ascending, each with its frequency; a zero ends it.
fn push_frequencies(letters: &[u8], counts: &[u32], out: &mut Vec<u8>) {
    let present: Vec<(u8, u32)> =
        letters.iter().copied().zip(counts.iter().copied()).filter(|&(_, count)| count > 0).collect();
    let names: Vec<u8> = present.iter().map(|&(letter, _)| letter).collect();
    let mut runs = Runs::default();
    for (at, &(_, count)) in present.iter().enumerate() {
        runs.push(&names, at, out);
        if count < 128 {
            out.push(count as u8);
        } else {
            out.extend([0x80 | (count >> 8) as u8, count as u8]);
        }
    }
    out.push(0);
}

/// A letter's part of the range, with what replaces the division by its frequency.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Symbol {
    pub(super) most: u32,
    reciprocal: u32,
    shift: u32,
    bias: u32,
    complement: u32,
}

impl Symbol {
    pub(super) fn all(frequencies: &[u32]) -> Vec<Self> {
        let mut start = 0;
        let one = |&frequency: &u32| {
            let symbol = if frequency > 0 { Self::new(start, frequency) } else { Self::default() };
            start += frequency;
            symbol
        };
        frequencies.iter().map(one).collect()
    }

    fn new(start: u32, frequency: u32) -> Self {
        let most = ((LOWEST >> SHIFT) << 8) * frequency;
        let complement = (1 << SHIFT) - frequency;
        if frequency == 1 {
            let bias = start + (1 << SHIFT) - 1;
            return Self { most, reciprocal: u32::MAX, shift: 0, bias, complement };
        }
        let bits = u32::BITS - (frequency - 1).leading_zeros();
        let reciprocal = (1_u64 << (bits + 31)).div_ceil(u64::from(frequency)) as u32;
        Self { most, reciprocal, shift: bits - 1, bias: start, complement }
    }
}

impl Symbol {
    /// The state behind this letter; before it, it must be below [`Symbol::most`].
    #[inline]
    pub(super) fn step(&self, value: u32) -> u32 {
        let quotient = ((u64::from(value) * u64::from(self.reciprocal)) >> 32) as u32 >> self.shift;
        value + self.bias + quotient * self.complement
    }
}

/// Four states; what they shed is collected from the last byte to the first.
struct Coder {
    states: [u32; 4],
    reversed: Vec<u8>,
}

impl Coder {
    fn with_capacity(bytes: usize) -> Self {
        Self { states: [LOWEST; 4], reversed: Vec::with_capacity(bytes / 2 + 16) }
    }

    #[inline]
    fn put(&mut self, state: usize, symbol: &Symbol) {
        let mut value = self.states[state];
        while value >= symbol.most {
            self.reversed.push(value as u8);
            value >>= 8;
        }
        self.states[state] = symbol.step(value);
    }

    fn finish_into(mut self, out: &mut Vec<u8>) {
        for state in self.states.iter().rev() {
            self.reversed.extend(state.to_be_bytes());
        }
        out.extend(self.reversed.iter().rev());
    }
}

#[cfg(test)]
mod tests;
