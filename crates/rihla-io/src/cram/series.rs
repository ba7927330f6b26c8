//! The data series of a slice, each a block of its own, and how the compression header describes them
//! (CRAM 3.0, sections 8.4 and 9).

use super::block::Codec;
use super::number::push_itf8;

/// Ends each text of a series of texts.
pub(super) const TEXT_END: u8 = 0;

const EXTERNAL: i32 = 1;
const BYTE_ARRAY_STOP: i32 = 5;

/// The series that are used, in the order of the blocks; the name is the specification's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Series {
    /// FLAG.
    Bf,
    /// What of a record is there.
    Cf,
    /// Length of the read.
    Rl,
    /// Position, as the distance from the record before.
    Ap,
    /// Read group.
    Rg,
    /// Read name.
    Rn,
    /// Flags of the mate.
    Mf,
    /// Contig of the mate.
    Ns,
    /// Position of the mate.
    Np,
    /// Template length.
    Ts,
    /// Records between this and its mate.
    Nf,
    /// Which tags it has.
    Tl,
    /// Number of features.
    Fn,
    /// Kind of a feature.
    Fc,
    /// Place of a feature, as the distance from the one before.
    Fp,
    /// Length of a deletion.
    Dl,
    /// Base.
    Ba,
    /// Substitution.
    Bs,
    /// Inserted bases.
    In,
    /// Soft-clipped bases.
    Sc,
    /// Hard clip.
    Hc,
    /// Padding.
    Pd,
    /// Reference skip.
    Rs,
    /// Mapping quality.
    Mq,
    /// Base qualities.
    Qs,
}

/// Their names, in order.
const NAMES: [&[u8; 2]; 25] = [
    b"BF", b"CF", b"RL", b"AP", b"RG", b"RN", b"MF", b"NS", b"NP", b"TS", b"NF", b"TL", b"FN", b"FC", b"FP",
    b"DL", b"BA", b"BS", b"IN", b"SC", b"HC", b"PD", b"RS", b"MQ", b"QS",
];

/// What the series of a slice hold.
#[derive(Default)]
pub(super) struct SeriesData([Vec<u8>; NAMES.len()]);

impl SeriesData {
    /// Appends a number.
    pub(super) fn number(&mut self, series: Series, value: i32) {
        push_itf8(value, &mut self.0[series as usize]);
    }

    /// Appends a byte.
    pub(super) fn byte(&mut self, series: Series, value: u8) {
        self.0[series as usize].push(value);
    }

    /// The bytes of a series, to be appended to.
    pub(super) fn bytes(&mut self, series: Series) -> &mut Vec<u8> {
        &mut self.0[series as usize]
    }

    /// Those that hold something: id, bytes, and the codec that suits them.
    pub(super) fn blocks(&self) -> impl Iterator<Item = (i32, &[u8], Codec)> {
        let filled = self.0.iter().enumerate().filter(|(_, bytes)| !bytes.is_empty());
        filled.map(|(at, bytes)| {
            let codec = match NAMES[at] {
                b"RN" => Codec::Names,
                b"IN" | b"SC" | b"NP" | b"TS" => Codec::Gzip,
                b"QS" => Codec::Qualities,
                _ => Codec::Numbers,
            };
            (at as i32 + 1, &bytes[..], codec)
        })
    }
}

/// Appends the map that says where each series is.
pub(super) fn push_encodings(out: &mut Vec<u8>) {
    let mut entries = Vec::new();
    push_itf8(NAMES.len() as i32, &mut entries);
    for (at, name) in NAMES.iter().enumerate() {
        entries.extend_from_slice(*name);
        let id = at as i32 + 1;
        match *name {
            b"RN" | b"IN" | b"SC" => push_texts(TEXT_END, id, &mut entries),
            _ => push_external(id, &mut entries),
        }
    }
    push_itf8(entries.len() as i32, out);
    out.extend(entries);
}

/// Appends the encoding of values that stand one behind the other in a block.
pub(super) fn push_external(id: i32, out: &mut Vec<u8>) {
    let mut parameters = Vec::new();
    push_itf8(id, &mut parameters);
    push_encoding(EXTERNAL, &parameters, out);
}

/// Appends the encoding of texts in a block, each ended by a byte.
pub(super) fn push_texts(end: u8, id: i32, out: &mut Vec<u8>) {
    let mut parameters = vec![end];
    push_itf8(id, &mut parameters);
    push_encoding(BYTE_ARRAY_STOP, &parameters, out);
}

/// Appends an encoding.
pub(super) fn push_encoding(codec: i32, parameters: &[u8], out: &mut Vec<u8>) {
    push_itf8(codec, out);
    push_itf8(parameters.len() as i32, out);
    out.extend_from_slice(parameters);
}
