//! A de Bruijn graph of one window.

use std::collections::HashMap;

use rihla_core::base;

/// Longest word: two bits a base in 128.
pub const MAX_WORD: usize = 63;

/// An edge: the base that follows a word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    /// Node behind the edge.
    pub to: u32,
    /// Reads that show it; 0 where there is none.
    pub weight: u32,
    /// Whether the reference takes it.
    pub reference: bool,
}

/// Words and what follows them. Nodes are numbered in the order in which they were first seen, so the
/// graph does not depend on the hash map's order.
#[derive(Debug)]
pub struct Graph {
    k: usize,
    words: Vec<u128>,
    edges: Vec<[Edge; 4]>,
    number: HashMap<u128, u32, BuildMixer>,
    sink: u32,
}

/// Hasher state for words: one multiplication is enough, as keys are already whole words.
type BuildMixer = std::hash::BuildHasherDefault<Mixer>;

/// See [`BuildMixer`].
#[derive(Debug, Default)]
pub struct Mixer(u64);

impl std::hash::Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    fn write_u128(&mut self, word: u128) {
        let folded = word as u64 ^ ((word >> 64) as u64).rotate_left(31);
        self.0 = folded.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

impl Graph {
    /// The graph of the reference alone; `None` when a word of it occurs twice or it has an N.
    #[must_use]
    pub fn of_reference(codes: &[u8], k: usize) -> Option<Self> {
        if codes.len() <= k || k > MAX_WORD || codes.iter().any(|&code| code >= base::N) {
            return None;
        }
        let mut graph = Self { k, words: Vec::new(), edges: Vec::new(), number: HashMap::default(), sink: 0 };
        let mut word = graph.first_word(codes);
        let mut node = graph.node(word);
        for &code in &codes[k..] {
            word = graph.next_word(word, code);
            let known = graph.words.len();
            let next = graph.node(word);
            if graph.words.len() == known {
                return None;
            }
            graph.edges[node as usize][usize::from(code)] = Edge { to: next, weight: 1, reference: true };
            node = next;
        }
        graph.sink = node;
        Some(graph)
    }

    /// Adds the words of a stretch of a read.
    pub fn add_read(&mut self, bases: &[u8]) {
        if bases.len() <= self.k {
            return;
        }
        let mut word = self.first_word(bases);
        let mut node = self.node(word);
        for &code in &bases[self.k..] {
            word = self.next_word(word, code);
            let known = self.edges[node as usize][usize::from(code)];
            let next = if known.weight > 0 { known.to } else { self.node(word) };
            let edge = &mut self.edges[node as usize][usize::from(code)];
            *edge = Edge { to: next, weight: edge.weight + 1, reference: edge.reference };
            node = next;
        }
    }

    /// Removes edges that fewer reads show, but for the reference's.
    pub fn prune(&mut self, min_weight: u32) {
        for edge in self.edges.iter_mut().flatten() {
            if !edge.reference && edge.weight < min_weight {
                *edge = Edge::default();
            }
        }
    }

    /// Number of nodes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Whether there is no node.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// The reference's first word is node 0; this is its last.
    #[must_use]
    pub fn sink(&self) -> u32 {
        self.sink
    }

    /// Edges out of a node, by base code; those of weight 0 do not exist.
    #[must_use]
    pub fn edges(&self, node: u32) -> &[Edge; 4] {
        &self.edges[node as usize]
    }

    /// Bases of a node's word.
    #[must_use]
    pub fn word_bases(&self, node: u32) -> Vec<u8> {
        let word = self.words[node as usize];
        (0..self.k).rev().map(|i| ((word >> (2 * i)) & 3) as u8).collect()
    }

    fn first_word(&self, bases: &[u8]) -> u128 {
        bases[..self.k].iter().fold(0, |word, &code| word << 2 | u128::from(code))
    }

    fn next_word(&self, word: u128, code: u8) -> u128 {
        let mask = (1u128 << (2 * self.k)) - 1;
        (word << 2 | u128::from(code)) & mask
    }

    fn node(&mut self, word: u128) -> u32 {
        let next = self.words.len() as u32;
        *self.number.entry(word).or_insert_with(|| {
            self.words.push(word);
            self.edges.push([Edge::default(); 4]);
            next
        })
    }
}
