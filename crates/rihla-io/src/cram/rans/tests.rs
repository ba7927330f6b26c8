use proptest::prelude::*;

use super::*;

/// The specification's decoder, as plainly as it can be said.
struct Decoder<'a> {
    rest: &'a [u8],
}

impl Decoder<'_> {
    fn byte(&mut self) -> u8 {
        let (&first, rest) = self.rest.split_first().expect("a byte");
        self.rest = rest;
        first
    }

    fn word(&mut self) -> u32 {
        u32::from_le_bytes(std::array::from_fn(|_| self.byte()))
    }

    /// Calls `take` for each of a list of letters, runs spelt out, up to the zero that ends it.
    fn letters(&mut self, mut take: impl FnMut(&mut Self, u8)) {
        let (mut letter, mut run) = (self.byte(), 0);
        let mut last = letter;
        loop {
            take(self, letter);
            if run > 0 {
                run -= 1;
                letter += 1;
            } else {
                letter = self.byte();
                if last.checked_add(1) == Some(letter) {
                    run = self.byte();
                }
            }
            last = letter;
            if letter == 0 {
                return;
            }
        }
    }

    fn frequencies(&mut self) -> [u32; 256] {
        let mut table = [0; 256];
        self.letters(|decoder, letter| {
            let first = u32::from(decoder.byte());
            let more = if first < 128 { first } else { (first & 127) << 8 | u32::from(decoder.byte()) };
            table[usize::from(letter)] = more;
        });
        assert_eq!(table.iter().sum::<u32>(), TOTAL);
        table
    }

    fn symbol(&mut self, state: &mut u32, table: &[u32; 256]) -> u8 {
        let wanted = *state & ((1 << SHIFT) - 1);
        let (mut start, mut letter) = (0, 0);
        while start + table[letter] <= wanted {
            start += table[letter];
            letter += 1;
        }
        *state = table[letter] * (*state >> SHIFT) + wanted - start;
        while *state < LOWEST {
            *state = *state << 8 | u32::from(self.byte());
        }
        letter as u8
    }
}

fn decode(bytes: &[u8]) -> Vec<u8> {
    let mut decoder = Decoder { rest: bytes };
    let order = decoder.byte();
    assert_eq!(decoder.word() as usize, bytes.len() - 9);
    let mut out = vec![0; decoder.word() as usize];
    if order == 0 {
        let table = decoder.frequencies();
        let mut states: [u32; 4] = std::array::from_fn(|_| decoder.word());
        for (at, byte) in out.iter_mut().enumerate() {
            *byte = decoder.symbol(&mut states[at % 4], &table);
        }
        return out;
    }
    let mut tables = vec![[0; 256]; 256];
    decoder.letters(|decoder, letter| tables[usize::from(letter)] = decoder.frequencies());
    let mut states: [u32; 4] = std::array::from_fn(|_| decoder.word());
    let quarter = out.len() / 4;
    for step in 0..quarter {
        for (number, state) in states.iter_mut().enumerate() {
            let at = number * quarter + step;
            let before = if step == 0 { 0 } else { out[at - 1] };
            out[at] = decoder.symbol(state, &tables[usize::from(before)]);
        }
    }
    for at in 4 * quarter..out.len() {
        let before = out[at - 1];
        out[at] = decoder.symbol(&mut states[3], &tables[usize::from(before)]);
    }
    out
}

fn check(bytes: &[u8]) {
    for order in [Order::Zero, Order::One] {
        assert!(decode(&encode(bytes, order)) == bytes, "{order:?}, {} bytes", bytes.len());
    }
}

#[test]
fn every_length_around_the_states_comes_back() {
    for length in 1..40 {
        let bytes: Vec<u8> = (0..length).map(|i| (i * i % 7) as u8).collect();
        check(&bytes);
        check(&vec![255; length]);
        check(&vec![0; length]);
    }
}

#[test]
fn every_letter_may_occur() {
    let all: Vec<u8> = (0..=255).collect();
    check(&all);
    check(&all.repeat(50));
    // One letter a thousand times more often than the others.
    let mut skewed = vec![33; 1_000_000];
    skewed.extend(&all);
    check(&skewed);
}

#[test]
fn likely_letters_take_little() {
    let mut bytes = vec![37; 100_000];
    bytes.iter_mut().step_by(100).for_each(|byte| *byte = 12);
    assert!(encode(&bytes, Order::Zero).len() < 1_200);
    let turns: Vec<u8> = b"acgt".iter().copied().cycle().take(100_000).collect();
    assert!(encode(&turns, Order::One).len() < 100);
}

proptest! {
    #[test]
    fn what_goes_in_comes_out(bytes in prop::collection::vec(prop_oneof![9 => 30_u8..42, 1 => any::<u8>()], 1..3000)) {
        check(&bytes);
    }
}
