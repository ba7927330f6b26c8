//! A de Bruijn graph of one window.

use std::collections::{HashMap, HashSet};

use rihla_core::base;

/// Longest word, bases.
pub const MAX_WORD: usize = 127;

/// A word: two bits a base, the last base lowest; the first element holds the last 64 bases.
type Word = [u128; 2];

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
    words: Vec<Word>,
    edges: Vec<[Edge; 4]>,
    number: HashMap<Word, u32, BuildMixer>,
    /// Words that do not tell where they are: each has a node wherever it occurs.
    repeated: HashSet<Word, BuildMixer>,
    sink: u32,
}

/// Hasher state for words: one multiplication is enough, as keys are already whole words.
type BuildMixer = std::hash::BuildHasherDefault<Mixer>;

/// Made by `BuildMixer`.
#[derive(Debug, Default)]
pub struct Mixer(u64);

impl std::hash::Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }

    fn write(&mut self, bytes: &[u8]) {
        for part in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..part.len()].copy_from_slice(part);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(23) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, _length: usize) {}
}

impl Graph {
    /// The graph of the reference alone; `None` when a word of it occurs twice or it has an N.
    #[must_use]
    pub fn of_reference(codes: &[u8], k: usize) -> Option<Self> {
        Self::new(codes, k, HashSet::default())
    }

    /// The same where words that occur twice in the reference or in one of the `stretches` of reads name no node: they are told apart
    /// by what stands before them. `None` when the first word is one, or the reference has an N.
    #[must_use]
    pub fn of_repeats<'a>(
        codes: &'a [u8],
        k: usize,
        stretches: impl Iterator<Item = &'a [u8]>,
    ) -> Option<Self> {
        let mut repeated = HashSet::default();
        let mut seen: HashSet<Word, BuildMixer> = HashSet::default();
        for bases in std::iter::once(codes).chain(stretches).filter(|bases| bases.len() >= k) {
            seen.clear();
            let mut word = first_word(bases, k);
            seen.insert(word);
            for &code in &bases[k..] {
                word = next_word(word, code, k);
                if !seen.insert(word) {
                    repeated.insert(word);
                }
            }
        }
        Self::new(codes, k, repeated)
    }

    fn new(codes: &[u8], k: usize, repeated: HashSet<Word, BuildMixer>) -> Option<Self> {
        if codes.len() <= k || k > MAX_WORD || codes.iter().any(|&code| code >= base::N) {
            return None;
        }
        let (words, edges, number) = (Vec::new(), Vec::new(), HashMap::default());
        let mut graph = Self { k, words, edges, number, repeated, sink: 0 };
        let mut word = first_word(codes, k);
        if graph.repeated.contains(&word) {
            return None;
        }
        let mut node = graph.node(word);
        for &code in &codes[k..] {
            word = next_word(word, code, k);
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

    /// Adds the words of a stretch of a read, from the first on that tells where it is.
    pub fn add_read(&mut self, bases: &[u8]) {
        if bases.len() <= self.k {
            return;
        }
        let mut word = first_word(bases, self.k);
        let mut rest = bases[self.k..].iter();
        while self.repeated.contains(&word) {
            let Some(&code) = rest.next() else { return };
            word = next_word(word, code, self.k);
        }
        let mut node = self.node(word);
        for &code in rest {
            word = next_word(word, code, self.k);
            let known = self.edges[node as usize][usize::from(code)];
            let next = if known.weight > 0 { known.to } else { self.node(word) };
            let edge = &mut self.edges[node as usize][usize::from(code)];
            *edge = Edge { to: next, weight: edge.weight + 1, reference: edge.reference };
            node = next;
        }
    }

    /// Removes chains of edges of which none is shown by so many reads, but for the reference's edges. A chain has no branch: where a
    /// few reads overlap, one of its edges may be shown by fewer than the others (as GATK's `pruneLowWeightChains`).
    pub fn prune(&mut self, min_weight: u32) {
        let mut entries = vec![0u32; self.edges.len()];
        for edge in self.edges.iter().flatten().filter(|edge| edge.weight > 0) {
            entries[edge.to as usize] += 1;
        }
        let only_edge = |graph: &Self, node: usize| {
            let mut out = graph.edges[node].iter().enumerate().filter(|(_, edge)| edge.weight > 0);
            let code = out.next().filter(|(_, edge)| !edge.reference)?.0;
            (entries[node] == 1 && out.next().is_none()).then_some(code)
        };
        let mut weak = Vec::new();
        let mut chain = Vec::new();
        for head in (0..self.edges.len()).filter(|&node| only_edge(self, node).is_none()) {
            for code in 0..4 {
                let mut edge = self.edges[head][code];
                if edge.weight == 0 || edge.reference {
                    continue;
                }
                let mut most = edge.weight;
                chain.clear();
                chain.push((head, code));
                while let Some(code) = only_edge(self, edge.to as usize) {
                    chain.push((edge.to as usize, code));
                    edge = self.edges[edge.to as usize][code];
                    most = most.max(edge.weight);
                }
                if most < min_weight {
                    weak.extend_from_slice(&chain);
                }
            }
        }
        for (node, code) in weak {
            self.edges[node][code] = Edge::default();
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
        (0..self.k).rev().map(|i| ((word[i / 64] >> (2 * (i % 64))) & 3) as u8).collect()
    }

    /// The node of a word; a new one if it is repeated.
    fn node(&mut self, word: Word) -> u32 {
        let next = self.words.len() as u32;
        if !self.repeated.contains(&word) {
            let node = *self.number.entry(word).or_insert(next);
            if node != next {
                return node;
            }
        }
        self.words.push(word);
        self.edges.push([Edge::default(); 4]);
        next
    }
}

/// The word at the beginning of `bases`.
fn first_word(bases: &[u8], k: usize) -> Word {
    bases[..k].iter().fold([0; 2], |word, &code| next_word(word, code, k))
}

/// The word one base further on.
fn next_word([low, high]: Word, code: u8, k: usize) -> Word {
    let mask = |bases: usize| if bases >= 64 { u128::MAX } else { (1u128 << (2 * bases)) - 1 };
    let carried = high << 2 | low >> 126;
    let low = low << 2 | u128::from(code);
    [low & mask(k), if k > 64 { carried & mask(k - 64) } else { 0 }]
}
