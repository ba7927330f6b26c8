//! The entropy coder of CRAM 3.1: rANS with 4 or 32 interleaved states of 32 bits, written in words of 16 bits (CRAM
//! codecs, section 3), bytes of few kinds packed first.
//!
//! Encoders of the specification's codecs that others have are not to be had: those of noodles are private, htslib's are
//! written in C. Symbols, and the division by a reciprocal, are those of [`rans`](super::rans).

use super::number::push_uint7;
use super::rans::{Alphabet, Runs, SHIFT, Symbol, scale};

/// What the frequencies of a context add up to.
const TOTAL: u32 = 1 << SHIFT;
/// A state stays at or above it.
const LOWEST: u32 = 0x8000;
/// From so many bytes on there are 32 states, which decoders have vectors for.
const MANY: usize = 1 << 16;
/// A table of order 1 of more bytes than this is compressed itself.
const LARGE_TABLE: usize = 200;
/// Bytes of so many kinds are packed, several into one.
const MOST_PACKED: usize = 16;

/// Bits of the byte that says how.
mod flags {
    pub(super) const FIRST_ORDER: u8 = 1;
    pub(super) const STATES_32: u8 = 4;
    pub(super) const STRIPED: u8 = 8;
    pub(super) const NO_LENGTH: u8 = 16;
    pub(super) const NOT_CODED: u8 = 32;
    pub(super) const PACKED: u8 = 128;
}

/// How much of what stands before a byte its frequency depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Zero,
    One,
}

/// Compresses bytes, of which there must be some, in each of these orders, and gives the smallest.
pub(super) fn encode(bytes: &[u8], orders: &[Order]) -> Vec<u8> {
    let mut length = Vec::new();
    push_uint7(bytes.len() as u32, &mut length);
    encode_with(bytes, orders, 0, &length)
}

/// Compresses numbers of four bytes: the lowest bytes of all apart from the next ones, and so on.
pub(super) fn encode_words(bytes: &[u8]) -> Vec<u8> {
    const STRIPES: usize = 4;
    if bytes.len() < STRIPES {
        return encode(bytes, &[Order::Zero]);
    }
    let stripes = (0..STRIPES).map(|first| {
        let stripe: Vec<u8> = bytes.iter().skip(first).step_by(STRIPES).copied().collect();
        encode_with(&stripe, &[Order::Zero], flags::NO_LENGTH, &[])
    });
    let stripes: Vec<Vec<u8>> = stripes.collect();
    let mut out = vec![flags::STRIPED];
    push_uint7(bytes.len() as u32, &mut out);
    out.push(STRIPES as u8);
    stripes.iter().for_each(|stripe| push_uint7(stripe.len() as u32, &mut out));
    out.extend(stripes.concat());
    out
}

/// `length` is what is told of it, `flags` say whether it is.
fn encode_with(bytes: &[u8], orders: &[Order], mut flags: u8, length: &[u8]) -> Vec<u8> {
    let mut head = length.to_vec();
    let alphabet = Alphabet::of(bytes);
    let packed = (alphabet.len() <= MOST_PACKED).then(|| pack(bytes, &alphabet));
    if let Some(packed) = &packed {
        flags |= flags::PACKED;
        head.push(alphabet.len() as u8);
        head.extend_from_slice(&alphabet.letters);
        push_uint7(packed.len() as u32, &mut head);
    }
    let bytes = packed.as_deref().unwrap_or(bytes);
    let states = if bytes.len() < MANY { 4 } else { 32 };
    let coded = orders.iter().filter(|_| bytes.len() >= states).map(|order| match order {
        Order::Zero => (0, encode_zeroth(bytes, states)),
        Order::One => (flags::FIRST_ORDER, encode_first(bytes, states)),
    });
    let best =
        coded.min_by_key(|(_, content)| content.len()).filter(|(_, content)| content.len() < bytes.len());
    let many = if states == 4 { 0 } else { flags::STATES_32 };
    let (how, content) = match &best {
        Some((order, content)) => (order | many, &content[..]),
        None => (flags::NOT_CODED, bytes),
    };
    let mut out = Vec::with_capacity(1 + head.len() + content.len());
    out.push(flags | how);
    out.extend(head);
    out.extend_from_slice(content);
    out
}

/// Packs the places of letters in their alphabet: eight, four or two into a byte, the first in the lowest bits;
/// nothing where there is but one letter.
fn pack(bytes: &[u8], alphabet: &Alphabet) -> Vec<u8> {
    let bits = match alphabet.len() {
        0 | 1 => return Vec::new(),
        2 => 1,
        3 | 4 => 2,
        _ => 4,
    };
    let join =
        |part: &[u8]| part.iter().rev().fold(0, |byte, &letter| byte << bits | alphabet.place(letter) as u8);
    bytes.chunks(8 / bits).map(join).collect()
}

fn encode_zeroth(bytes: &[u8], states: usize) -> Vec<u8> {
    let alphabet = Alphabet::of(bytes);
    let mut counts = vec![0; alphabet.len()];
    bytes.iter().for_each(|&byte| counts[alphabet.place(byte)] += 1);
    scale(&mut counts, TOTAL);
    let mut out = Vec::new();
    push_alphabet(&alphabet.letters, &mut out);
    counts.iter().for_each(|&count| push_uint7(count, &mut out));
    let symbols = Symbol::all(&counts);
    let mut coder = Coder::new(states, bytes.len());
    for (at, &byte) in bytes.iter().enumerate().rev() {
        coder.put(at % states, &symbols[alphabet.place(byte)]);
    }
    coder.finish_into(&mut out);
    out
}

fn encode_first(bytes: &[u8], states: usize) -> Vec<u8> {
    // Each state codes a part, the last the rest too; before the first byte of each stands a zero.
    let part = bytes.len() / states;
    let mut is_there = [false; 256];
    bytes.iter().for_each(|&byte| is_there[usize::from(byte)] = true);
    is_there[0] = true;
    let alphabet = Alphabet::from_flags(&is_there);
    let size = alphabet.len();
    let mut counts = vec![0; size * size];
    let places: Vec<u8> = bytes.iter().map(|&byte| alphabet.place(byte) as u8).collect();
    places.windows(2).for_each(|two| counts[usize::from(two[0]) * size + usize::from(two[1])] += 1);
    for state in 0..states {
        let first = usize::from(places[state * part]);
        if let Some(before) = (state * part).checked_sub(1) {
            counts[usize::from(places[before]) * size + first] -= 1;
        }
        counts[first] += 1;
    }
    let mut symbols = vec![Symbol::default(); size * size];
    for (row, symbols) in counts.chunks_mut(size).zip(symbols.chunks_mut(size)) {
        if row.iter().any(|&count| count > 0) {
            scale(row, TOTAL);
            symbols.copy_from_slice(&Symbol::all(row));
        }
    }
    let mut out = Vec::new();
    push_first_table(&alphabet, &counts, &mut out);
    let symbol = |before: u8, place: u8| &symbols[usize::from(before) * size + usize::from(place)];
    let mut coder = Coder::new(states, bytes.len());
    for at in (states * part..bytes.len()).rev() {
        coder.put(states - 1, symbol(places[at - 1], places[at]));
    }
    for step in (0..part).rev() {
        for state in (0..states).rev() {
            let at = state * part + step;
            let before = if step == 0 { 0 } else { places[at - 1] };
            coder.put(state, symbol(before, places[at]));
        }
    }
    coder.finish_into(&mut out);
    out
}

/// Appends the letters that occur, ascending; of those in a row the first two, and how many follow. A zero ends them.
fn push_alphabet(letters: &[u8], out: &mut Vec<u8>) {
    let mut runs = Runs::default();
    (0..letters.len()).for_each(|at| runs.push(letters, at, out));
    out.push(0);
}

/// Appends the frequencies of order 1: behind each letter those of all, runs of zeros by their length.
fn push_first_table(alphabet: &Alphabet, counts: &[u32], out: &mut Vec<u8>) {
    let mut table = Vec::new();
    push_alphabet(&alphabet.letters, &mut table);
    for row in counts.chunks(alphabet.len()) {
        let mut rest = row;
        while let Some((&count, behind)) = rest.split_first() {
            push_uint7(count, &mut table);
            rest = behind;
            if count == 0 {
                let more = rest.iter().take_while(|&&count| count == 0).count();
                table.push(more as u8);
                rest = &rest[more..];
            }
        }
    }
    let shift = (SHIFT as u8) << 4;
    let coded = (table.len() > LARGE_TABLE).then(|| encode_zeroth(&table, 4));
    match coded.filter(|coded| coded.len() < table.len()) {
        Some(coded) => {
            out.push(shift | 1);
            push_uint7(table.len() as u32, out);
            push_uint7(coded.len() as u32, out);
            out.extend(coded);
        }
        None => {
            out.push(shift);
            out.extend(table);
        }
    }
}

/// The states; the words that they shed are collected from the last to the first.
struct Coder {
    states: [u32; 32],
    count: usize,
    reversed: Vec<u16>,
}

impl Coder {
    fn new(count: usize, bytes: usize) -> Self {
        Self { states: [LOWEST; 32], count, reversed: Vec::with_capacity(bytes / 4 + 16) }
    }

    #[inline]
    fn put(&mut self, state: usize, symbol: &Symbol) {
        let mut value = self.states[state];
        // One word makes room for any letter.
        if value >= symbol.most {
            self.reversed.push(value as u16);
            value >>= 16;
        }
        self.states[state] = symbol.step(value);
    }

    fn finish_into(self, out: &mut Vec<u8>) {
        self.states[..self.count].iter().for_each(|state| out.extend(state.to_le_bytes()));
        self.reversed.iter().rev().for_each(|word| out.extend(word.to_le_bytes()));
    }
}

#[cfg(test)]
mod tests;
