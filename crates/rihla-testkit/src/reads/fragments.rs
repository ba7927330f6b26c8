//! Fragments of DNA on the flow cell: where they come from and where they lie.

use crate::haplotype::Haplotype;
use crate::options::SimulateOptions;
use crate::stream::{Domain, Stream};

use super::PairKind;
use super::coverage::GcSums;

/// Distance in pixels, on each axis, of an optical duplicate at most.
const OPTICAL_PIXELS: i64 = 40;
/// Lanes of the flow cell, tiles of a lane (in all), and the edges of a tile in pixels.
const LANES: u64 = 4;
const SWATHS: u64 = 6;
const TILES: u64 = 78;
const TILE_X: std::ops::Range<i64> = 1000..32_000;
const TILE_Y: std::ops::Range<i64> = 1000..50_000;

/// A place on the flow cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    pub(super) lane: u8,
    pub(super) tile: u16,
    pub(super) x: u16,
    pub(super) y: u16,
}

/// Which draws these are: the window, the component of the mixture and the run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source {
    pub(super) window: u32,
    pub(super) component: u8,
    pub(super) run: u32,
}

impl Source {
    /// A number of its own for every source.
    pub(super) fn key(self) -> u64 {
        u64::from(self.window) | u64::from(self.component) << 32 | u64::from(self.run) << 40
    }
}

/// A fragment that gives one pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fragment {
    /// Offset of its first base in the haplotype's sequence, and its length.
    pub(super) start: u32,
    pub(super) length: u32,
    /// Its number in the window and component: names the stream of its reads.
    pub(super) number: u32,
    pub(super) component: u8,
    pub(super) haplotype: u8,
    /// Whether the first mate is read from the right end.
    pub(super) flipped: bool,
    pub(super) kind: PairKind,
    pub(super) spot: Spot,
}

/// Draws the fragments that begin in a window on the haplotypes of one component, duplicates included. `depths`
/// are those of the haplotypes, before fragments are lost by their GC.
pub(super) fn draw(
    options: &SimulateOptions,
    source: Source,
    depths: [f64; 2],
    haplotypes: &[Option<Haplotype>; 2],
    out: &mut Vec<Fragment>,
) {
    let mut stream = Stream::new(options.seed, Domain::Fragments, source.key(), 0);
    let mut number = 0;
    let distinct = 1.0 - options.duplicates;
    for (which, haplotype) in haplotypes.iter().enumerate() {
        let Some(haplotype) = haplotype else { continue };
        let gc = (!options.gc.is_flat()).then(|| GcSums::new(&haplotype.codes));
        let bases = f64::from(haplotype.owned) * depths[which] * distinct;
        let count = stream.round(bases / (2.0 * f64::from(options.read_length)));
        for _ in 0..count {
            let start = stream.below(u64::from(haplotype.owned)) as u32;
            let length = options.fragments.draw(&mut stream);
            let flipped = stream.chance(0.5);
            let spot = Spot::random(&mut stream);
            let copies = stream.failures(distinct);
            let behind = start + length;
            if behind as usize > haplotype.codes.len() || !haplotype.is_known(start, behind) {
                continue;
            }
            if gc.as_ref().is_some_and(|gc| !stream.chance(options.gc.weight(gc.share(start, behind)))) {
                continue;
            }
            let (component, haplotype) = (source.component, which as u8);
            let kind = PairKind::Original;
            let original = Fragment { start, length, number, component, haplotype, flipped, kind, spot };
            out.push(original);
            number += 1;
            for _ in 0..copies {
                out.push(copy(options, &original, number, &mut stream));
                number += 1;
            }
        }
    }
}

fn copy(options: &SimulateOptions, original: &Fragment, number: u32, stream: &mut Stream) -> Fragment {
    let optical = stream.chance(options.optical);
    let (kind, spot) = if optical {
        (PairKind::OpticalDuplicate, original.spot.nearby(stream))
    } else {
        (PairKind::PcrDuplicate, original.spot.elsewhere(stream))
    };
    Fragment { number, kind, spot, ..*original }
}

impl Spot {
    fn random(stream: &mut Stream) -> Self {
        let tile = 1000 * (1 + stream.below(2)) + 100 * (1 + stream.below(SWATHS)) + 1 + stream.below(TILES);
        let mut within = |edge: std::ops::Range<i64>| {
            (edge.start + stream.below((edge.end - edge.start) as u64) as i64) as u16
        };
        let (x, y) = (within(TILE_X), within(TILE_Y));
        Self { lane: 1 + stream.below(LANES) as u8, tile: tile as u16, x, y }
    }

    /// Another tile or lane.
    fn elsewhere(self, stream: &mut Stream) -> Self {
        loop {
            let spot = Self::random(stream);
            if (spot.lane, spot.tile) != (self.lane, self.tile) {
                return spot;
            }
        }
    }

    /// The same tile, at most [`OPTICAL_PIXELS`] away on each axis.
    fn nearby(self, stream: &mut Stream) -> Self {
        let mut near = |at: u16, edge: std::ops::Range<i64>| {
            let step = stream.below(2 * OPTICAL_PIXELS as u64 + 1) as i64 - OPTICAL_PIXELS;
            (i64::from(at) + step).clamp(edge.start, edge.end - 1) as u16
        };
        Self { x: near(self.x, TILE_X), y: near(self.y, TILE_Y), ..self }
    }
}
