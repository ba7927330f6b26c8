//! Tags of a slice: the combinations that occur, and the values of each tag in a block of its own
//! (CRAM 3.0, sections 8.4 and 10.5).

use std::collections::HashMap;

use rihla_core::record::TagField;

use super::block::Codec;
use super::number::{push_array, push_itf8};
use super::series::{push_encoding, push_external, push_texts};

/// Ends each text: SAM allows no tab in one.
const TEXT_END: u8 = b'\t';
/// Added to a tag's key for the block of its arrays' lengths.
const LENGTHS: i32 = 1 << 24;

const HUFFMAN: i32 = 3;
const BYTE_ARRAY_LEN: i32 = 4;

/// Values of one tag of one type.
struct Column {
    name: [u8; 3],
    values: Vec<u8>,
    /// Of arrays.
    lengths: Vec<u8>,
}

impl Column {
    /// Tag and type as one number, which names its block too.
    fn key(&self) -> i32 {
        let [a, b, kind] = self.name.map(i32::from);
        a << 16 | b << 8 | kind
    }

    fn push(&mut self, value: &[u8]) {
        self.values.extend_from_slice(value);
        match self.name[2] {
            b'Z' | b'H' => self.values.push(TEXT_END),
            b'B' => push_itf8(value.len() as i32, &mut self.lengths),
            _ => {}
        }
    }

    fn push_encoding(&self, out: &mut Vec<u8>) {
        let mut parameters = Vec::new();
        let size = match self.name[2] {
            b'Z' | b'H' => return push_texts(TEXT_END, self.key(), out),
            b'B' => None,
            b's' | b'S' => Some(2),
            b'i' | b'I' | b'f' => Some(4),
            _ => Some(1),
        };
        match size {
            // One letter takes no bits: the length is always this.
            Some(size) => {
                let mut alphabet = Vec::new();
                push_array([size].into_iter(), &mut alphabet);
                push_array([0].into_iter(), &mut alphabet);
                push_encoding(HUFFMAN, &alphabet, &mut parameters);
            }
            None => push_external(self.key() + LENGTHS, &mut parameters),
        }
        push_external(self.key(), &mut parameters);
        push_encoding(BYTE_ARRAY_LEN, &parameters, out);
    }
}

/// A combination of tags.
struct Line {
    number: i32,
    columns: Vec<usize>,
}

/// The tags of a slice's records.
#[derive(Default)]
pub(super) struct Tags {
    columns: Vec<Column>,
    lines: HashMap<Vec<u8>, Line>,
    /// The combinations, each ended by a zero, by number.
    dictionary: Vec<u8>,
    /// Names and types of the record in hand.
    names: Vec<u8>,
}

impl Tags {
    /// Takes in a record's tags and gives the number of their combination.
    pub(super) fn push<'a>(&mut self, fields: impl Iterator<Item = TagField<'a>> + Clone) -> i32 {
        self.names.clear();
        self.names.extend(fields.clone().flat_map(|field| [field.tag[0], field.tag[1], field.kind]));
        if !self.lines.contains_key(&self.names) {
            self.add_line();
        }
        let line = &self.lines[&self.names];
        for (&column, field) in line.columns.iter().zip(fields) {
            self.columns[column].push(field.value);
        }
        line.number
    }

    fn add_line(&mut self) {
        let columns = self.names.as_chunks::<3>().0.iter().map(|name| {
            let known = self.columns.iter().position(|column| column.name == *name);
            known.unwrap_or_else(|| {
                self.columns.push(Column { name: *name, values: Vec::new(), lengths: Vec::new() });
                self.columns.len() - 1
            })
        });
        let line = Line { columns: columns.collect(), number: self.lines.len() as i32 };
        self.dictionary.extend_from_slice(&self.names);
        self.dictionary.push(0);
        self.lines.insert(self.names.clone(), line);
    }

    /// Appends the combinations.
    pub(super) fn push_dictionary(&self, out: &mut Vec<u8>) {
        push_itf8(self.dictionary.len() as i32, out);
        out.extend_from_slice(&self.dictionary);
    }

    /// Appends the map that says where the values of each tag are.
    pub(super) fn push_encodings(&self, out: &mut Vec<u8>) {
        let mut entries = Vec::new();
        push_itf8(self.columns.len() as i32, &mut entries);
        for column in &self.columns {
            push_itf8(column.key(), &mut entries);
            column.push_encoding(&mut entries);
        }
        push_itf8(entries.len() as i32, out);
        out.extend(entries);
    }

    /// The blocks: id, bytes, and the codec that suits them.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (i32, &[u8], Codec)> {
        self.columns.iter().flat_map(|column| {
            let codec = match column.name[2] {
                b'c' | b'C' | b'A' => Codec::Numbers,
                _ => Codec::Gzip,
            };
            let values = (column.key(), &column.values[..], codec);
            let lengths = (column.key() + LENGTHS, &column.lengths[..], Codec::Numbers);
            [values, lengths].into_iter().filter(|(_, bytes, _)| !bytes.is_empty())
        })
    }
}
