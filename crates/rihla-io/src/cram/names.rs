//! The coder of read names of CRAM 3.1 (CRAM codecs, section 5): each name as its parts, and of each part whether it is
//! that of the name before, a little more, or something of its own. Equal parts of all names lie together.
//!
//! Names that were there before, as those of mates, are told by how many names ago.

use std::collections::HashMap;

use super::number::push_uint7;
use super::rans_nx16::{self, Order};

/// Ends each name.
const END: u8 = 0;
/// Parts of a name; the last of very many takes in the rest.
const MOST_PARTS: usize = 100;
/// Digits of a number that fits 32 bits.
const MOST_DIGITS: usize = 9;

/// Kinds of streams; those of parts are kinds of parts, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// The kinds of a part, by name.
    Type = 0,
    Text = 1,
    Letter = 2,
    /// A number that begins with zeros,
    Padded = 3,
    /// and its width.
    Width = 4,
    /// The whole name was there before: how many names ago.
    Copy = 5,
    /// The name that this one is compared with: how many names ago.
    Against = 6,
    Number = 7,
    /// So much more than the number before.
    More = 8,
    /// The same of numbers that begin with zeros.
    PaddedMore = 9,
    Same = 10,
    /// There are no more parts.
    Last = 12,
}

/// Bit of a stream's kind: the first one of a part.
const FIRST_OF_PART: u8 = 0x80;
/// Bit of a stream's kind: as another one, which is named.
const AS_ANOTHER: u8 = 0x40;

/// The streams of one part, by kind.
#[derive(Default)]
struct Streams([Vec<u8>; 11]);

impl Streams {
    fn kind(&mut self, kind: Kind) {
        self.0[Kind::Type as usize].push(kind as u8);
    }

    fn bytes(&mut self, kind: Kind) -> &mut Vec<u8> {
        &mut self.0[kind as usize]
    }

    fn word(&mut self, kind: Kind, value: u32) {
        self.bytes(kind).extend(value.to_le_bytes());
    }
}

/// Compresses names, each ended by a zero; there must be some.
pub(super) fn encode(bytes: &[u8]) -> Vec<u8> {
    let names = || bytes.strip_suffix(&[END]).unwrap_or(bytes).split(|&byte| byte == END);
    let mut parts: Vec<Streams> = vec![Streams::default()];
    let mut seen: HashMap<&[u8], usize> = HashMap::new();
    let mut before: Vec<&[u8]> = Vec::new();
    let mut own: Vec<&[u8]> = Vec::new();
    for (at, name) in names().enumerate() {
        own.clear();
        own.extend(split(name));
        if let Some(earlier) = seen.insert(name, at) {
            parts[0].kind(Kind::Copy);
            parts[0].word(Kind::Copy, (at - earlier) as u32);
        } else {
            parts[0].kind(Kind::Against);
            parts[0].word(Kind::Against, u32::from(at > 0));
            parts.resize_with(parts.len().max(own.len() + 2), Streams::default);
            for (at, part) in own.iter().enumerate() {
                push_part(&mut parts[at + 1], part, before.get(at).copied());
            }
            parts[own.len() + 1].kind(Kind::Last);
        }
        std::mem::swap(&mut before, &mut own);
    }
    let mut out = (bytes.len() as u32).to_le_bytes().to_vec();
    out.extend((names().count() as u32).to_le_bytes());
    // By rANS, not by arithmetic coding.
    out.push(0);
    push_streams(&parts, &mut out);
    out
}

/// The parts of a name: runs of digits, runs of letters, and what is neither, letter by letter.
fn split(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = name;
    let mut count = 0;
    std::iter::from_fn(move || {
        let &first = rest.first()?;
        count += 1;
        let run = |is_in: fn(&u8) -> bool| rest.iter().take_while(|byte| is_in(byte)).count();
        let length = if count == MOST_PARTS {
            rest.len()
        } else if first.is_ascii_digit() {
            run(u8::is_ascii_digit).min(MOST_DIGITS)
        } else if first.is_ascii_alphabetic() {
            run(u8::is_ascii_alphabetic)
        } else {
            1
        };
        let part;
        (part, rest) = rest.split_at(length);
        Some(part)
    })
}

/// The number that a part is.
fn number(part: &[u8]) -> Option<u32> {
    let is_number = part.len() <= MOST_DIGITS && part.iter().all(u8::is_ascii_digit);
    is_number.then(|| part.iter().fold(0, |value, digit| 10 * value + u32::from(digit - b'0')))
}

/// Whether a number begins with a zero, be it alone: htslib writes the number 0 as nothing.
fn is_padded(part: &[u8]) -> bool {
    part.first() == Some(&b'0')
}

/// Appends a part of a name; `before` is that of the name before.
fn push_part(streams: &mut Streams, part: &[u8], before: Option<&[u8]>) {
    if before == Some(part) {
        return streams.kind(Kind::Same);
    }
    let Some(value) = number(part) else {
        if let &[letter] = part {
            streams.kind(Kind::Letter);
            streams.bytes(Kind::Letter).push(letter);
        } else {
            streams.kind(Kind::Text);
            streams.bytes(Kind::Text).extend_from_slice(part);
            streams.bytes(Kind::Text).push(END);
        }
        return;
    };
    let comparable = before.filter(|before| {
        is_padded(before) == is_padded(part) && (!is_padded(part) || before.len() == part.len())
    });
    let more = comparable.and_then(number).and_then(|before| value.checked_sub(before));
    match more.and_then(|more| u8::try_from(more).ok()) {
        Some(more) => {
            let kind = if is_padded(part) { Kind::PaddedMore } else { Kind::More };
            streams.kind(kind);
            streams.bytes(kind).push(more);
        }
        None if is_padded(part) => {
            streams.kind(Kind::Padded);
            streams.word(Kind::Padded, value);
            streams.bytes(Kind::Width).push(part.len() as u8);
        }
        None => {
            streams.kind(Kind::Number);
            streams.word(Kind::Number, value);
        }
    }
}

/// Appends the streams that hold something, each compressed, or named as one that was there before.
fn push_streams(parts: &[Streams], out: &mut Vec<u8>) {
    let mut written: HashMap<&[u8], [u8; 2]> = HashMap::new();
    for (part, streams) in parts.iter().enumerate() {
        let mut mark = FIRST_OF_PART;
        for (kind, bytes) in streams.0.iter().enumerate().filter(|(_, bytes)| !bytes.is_empty()) {
            let is_type = kind == Kind::Type as usize;
            // Streams of kinds are alike often; other ones hardly.
            match written.get(&bytes[..]).filter(|_| is_type) {
                Some(place) => {
                    out.push(mark | AS_ANOTHER | kind as u8);
                    out.extend(place);
                }
                None => {
                    out.push(mark | kind as u8);
                    let coded = compress(bytes, kind);
                    push_uint7(coded.len() as u32, out);
                    out.extend(coded);
                    if is_type {
                        written.insert(bytes, [part as u8, kind as u8]);
                    }
                }
            }
            mark = 0;
        }
    }
}

fn compress(bytes: &[u8], kind: usize) -> Vec<u8> {
    let is_words =
        [Kind::Padded, Kind::Copy, Kind::Against, Kind::Number].iter().any(|&one| one as usize == kind);
    match is_words {
        true => rans_nx16::encode_words(bytes),
        false => rans_nx16::encode(bytes, &[Order::Zero, Order::One]),
    }
}

#[cfg(test)]
mod tests;
