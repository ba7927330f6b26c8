use proptest::prelude::*;

use super::*;

/// The specification's decoder, as plainly as it can be said.
struct Decoder<'a> {
    rest: &'a [u8],
}

type Table = [u32; 256];

impl<'a> Decoder<'a> {
    fn byte(&mut self) -> u8 {
        let (&first, rest) = self.rest.split_first().expect("a byte");
        self.rest = rest;
        first
    }

    fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        taken
    }

    fn number(&mut self) -> usize {
        let byte = self.byte();
        let mut value = usize::from(byte & 0x7f);
        let mut more = byte & 0x80 != 0;
        while more {
            let byte = self.byte();
            value = value << 7 | usize::from(byte & 0x7f);
            more = byte & 0x80 != 0;
        }
        value
    }

    fn letters(&mut self) -> Vec<u8> {
        let mut letters = vec![self.byte()];
        loop {
            let letter = self.byte();
            if letter == 0 {
                return letters;
            }
            let follows = letters.last().and_then(|last| last.checked_add(1)) == Some(letter);
            letters.push(letter);
            if follows {
                let run = self.byte();
                letters.extend((1..=run).map(|more| letter + more));
            }
        }
    }

    fn states(&mut self, count: usize) -> Vec<u32> {
        (0..count).map(|_| u32::from_le_bytes(std::array::from_fn(|_| self.byte()))).collect()
    }

    fn symbol(&mut self, state: &mut u32, table: &Table) -> u8 {
        let wanted = *state & (TOTAL - 1);
        let (mut start, mut letter) = (0, 0);
        while start + table[letter] <= wanted {
            start += table[letter];
            letter += 1;
        }
        *state = table[letter] * (*state >> SHIFT) + wanted - start;
        if *state < LOWEST {
            *state = *state << 16 | u32::from(u16::from_le_bytes([self.byte(), self.byte()]));
        }
        letter as u8
    }

    fn zeroth(&mut self, length: usize, count: usize) -> Vec<u8> {
        let mut table = [0; 256];
        for letter in self.letters() {
            table[usize::from(letter)] = self.number() as u32;
        }
        assert_eq!(table.iter().sum::<u32>(), TOTAL);
        let mut states = self.states(count);
        (0..length).map(|at| self.symbol(&mut states[at % count], &table)).collect()
    }

    fn first_tables(&mut self) -> Vec<Table> {
        let letters = self.letters();
        let mut tables = vec![[0; 256]; 256];
        for &before in &letters {
            let mut at = 0;
            while at < letters.len() {
                let value = self.number() as u32;
                tables[usize::from(before)][usize::from(letters[at])] = value;
                at += 1 + if value == 0 { usize::from(self.byte()) } else { 0 };
            }
            assert!([0, TOTAL].contains(&tables[usize::from(before)].iter().sum::<u32>()));
        }
        tables
    }

    fn first(&mut self, length: usize, count: usize) -> Vec<u8> {
        let how = self.byte();
        assert_eq!(u32::from(how >> 4), SHIFT);
        let tables = if how & 1 != 0 {
            let (plain, coded) = (self.number(), self.number());
            let table = Decoder { rest: self.take(coded) }.zeroth(plain, 4);
            Decoder { rest: &table }.first_tables()
        } else {
            self.first_tables()
        };
        let mut states = self.states(count);
        let part = length / count;
        let mut out = vec![0; length];
        for step in 0..part {
            for (state, value) in states.iter_mut().enumerate() {
                let at = state * part + step;
                let before = if step == 0 { 0 } else { out[at - 1] };
                out[at] = self.symbol(value, &tables[usize::from(before)]);
            }
        }
        for at in part * count..length {
            out[at] = self.symbol(&mut states[count - 1], &tables[usize::from(out[at - 1])]);
        }
        out
    }
}

fn decode(bytes: &[u8]) -> Vec<u8> {
    decode_of(bytes, 0)
}

/// `length` counts where the bytes do not tell it.
fn decode_of(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut decoder = Decoder { rest: bytes };
    let how = decoder.byte();
    let length = if how & flags::NO_LENGTH != 0 { length } else { decoder.number() };
    if how & flags::STRIPED != 0 {
        let count = usize::from(decoder.byte());
        let sizes: Vec<usize> = (0..count).map(|_| decoder.number()).collect();
        let parts: Vec<Vec<u8>> = (0..count)
            .map(|at| decode_of(decoder.take(sizes[at]), length / count + usize::from(at < length % count)))
            .collect();
        return (0..length).map(|at| parts[at % count][at / count]).collect();
    }
    let letters = (how & flags::PACKED != 0).then(|| {
        let count = decoder.byte();
        decoder.take(count.into())
    });
    let inner = if letters.is_some() { decoder.number() } else { length };
    let states = if how & flags::STATES_32 != 0 { 32 } else { 4 };
    let coded = match (how & flags::NOT_CODED, how & flags::FIRST_ORDER) {
        (0, 0) => decoder.zeroth(inner, states),
        (0, _) => decoder.first(inner, states),
        _ => decoder.take(inner).to_vec(),
    };
    assert!(decoder.rest.is_empty());
    let Some(letters) = letters else { return coded };
    let bits = match letters.len() {
        1 => return vec![letters[0]; length],
        2 => 1,
        3 | 4 => 2,
        _ => 4,
    };
    let letter = |at: usize| {
        let (byte, shift) = (coded[at * bits / 8], at * bits % 8);
        letters[usize::from(byte >> shift & ((1 << bits) - 1) as u8)]
    };
    (0..length).map(letter).collect()
}

fn check(bytes: &[u8]) {
    for orders in [&[Order::Zero][..], &[Order::One], &[Order::Zero, Order::One]] {
        assert!(decode(&encode(bytes, orders)) == bytes, "{} bytes, {orders:?}", bytes.len());
    }
}

#[test]
fn every_length_around_the_states() {
    for length in 1..200 {
        check(&(0..length).map(|at: usize| (at * at % 251) as u8).collect::<Vec<_>>());
        check(&vec![0; length]);
        check(&vec![255; length]);
    }
}

#[test]
fn many_bytes_have_many_states() {
    for kinds in [1, 2, 3, 5, 16, 17, 256] {
        let mut state = 1_u64;
        let bytes: Vec<u8> = (0..MANY * 8 + 13)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // Low ones are frequent, and the one before matters.
                ((state >> 40) % kinds).min((state >> 50) % kinds) as u8
            })
            .collect();
        check(&bytes);
    }
}

#[test]
fn what_repeats_itself_becomes_small() {
    let qualities: Vec<u8> = (0..300_000_usize).map(|at| [37, 37, 37, 25, 11, 37, 2, 37][at % 8]).collect();
    let coded = encode(&qualities, &[Order::One]);
    assert!(coded.len() < qualities.len() / 8, "{}", coded.len());
    assert_eq!(encode(&[7; 100_000], &[Order::Zero]).len(), 7);
}

proptest! {
    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 1..3_000)) {
        check(&bytes);
        prop_assert!(decode(&encode_words(&bytes)) == bytes);
    }

    #[test]
    fn any_bytes_of_few_kinds(bytes in prop::collection::vec(30u8..34, 1..3_000), rare: u8) {
        check(&[&bytes[..], &[rare]].concat());
    }
}
