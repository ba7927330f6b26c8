//! From a fragment to the letters and qualities of its two reads.

use rihla_core::base;

use crate::haplotype::Haplotype;
use crate::options::SimulateOptions;
use crate::repeats::MAX_PERIOD;
use crate::stream::Stream;

mod alias;
mod model;
pub(crate) mod slips;
mod systematic;

use model::{ReadKind, ReadModel};
use slips::SlipRates;
use systematic::SystematicErrors;

/// Reads fragments.
pub(crate) struct Sequencer {
    model: ReadModel,
    read_length: usize,
    adapters: [Vec<u8>; 2],
    /// What is read behind the adapter.
    filler: u8,
    slips: SlipRates,
    systematic: Option<SystematicErrors>,
}

/// Letters and qualities of one read, and the space to make them in.
#[derive(Clone, Debug, Default)]
pub(crate) struct ReadBuffer {
    pub(crate) letters: Vec<u8>,
    pub(crate) qualities: Vec<u8>,
    forward: Vec<u8>,
    template: Vec<u8>,
}

impl Sequencer {
    pub(crate) fn new(options: &SimulateOptions) -> Self {
        let read_length = usize::from(options.read_length);
        let adapters = &options.profile.adapters;
        let encode = |letters: &String| letters.bytes().map(base::encode).collect();
        Self {
            model: ReadModel::new(&options.profile, read_length),
            read_length,
            adapters: adapters.sequences.each_ref().map(encode),
            filler: base::encode(adapters.filler as u8),
            slips: options.profile.indels.as_ref().map_or_else(SlipRates::default, SlipRates::measured),
            systematic: SystematicErrors::new(
                options.systematic_errors,
                options.seed,
                &options.profile.qualities.alphabet,
            ),
        }
    }

    /// Rates of indel errors, for the haplotypes that are to be read.
    pub(crate) const fn slip_rates(&self) -> &SlipRates {
        &self.slips
    }

    /// Reads both mates of the fragment `[start, end)`: the first from its left end, or from its right one on
    /// the other strand when `flipped`, the second from the other end. A fragment shorter than a read is
    /// followed by the adapter.
    pub(crate) fn pair(
        &self,
        haplotype: &Haplotype,
        span: (u32, u32),
        flipped: bool,
        stream: &mut Stream,
        out: &mut [ReadBuffer; 2],
    ) {
        let classes = self.model.classes(stream);
        for (mate, out) in out.iter_mut().enumerate() {
            self.template(haplotype, span, (mate, flipped != (mate == 1)), stream, out);
            let kind = ReadKind { mate, class: classes[mate] };
            self.model.sequence(stream, kind, &out.template, &mut out.letters, &mut out.qualities);
        }
        // Last, so that all else is as it would be without.
        if let Some(systematic) = &self.systematic {
            out.iter_mut().for_each(|read| systematic.apply(stream, read));
        }
    }

    /// Copies what one mate is read from: a read's length of fragment, adapter and filler.
    fn template(
        &self,
        haplotype: &Haplotype,
        (start, end): (u32, u32),
        (mate, reverse): (usize, bool),
        stream: &mut Stream,
        out: &mut ReadBuffer,
    ) {
        // A slip may take a unit away; a few bases more keep the read whole.
        let reach = (end - start).min(self.read_length as u32 + u32::from(MAX_PERIOD));
        if reverse {
            haplotype.copy_into(end - reach, end, stream, &mut out.forward);
            base::reverse_complement_into(&out.forward, &mut out.template);
        } else {
            haplotype.copy_into(start, start + reach, stream, &mut out.template);
        }
        if out.template.len() < self.read_length {
            out.template.extend_from_slice(&self.adapters[mate]);
        }
        out.template.resize(self.read_length, self.filler);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builders;
    use crate::profile::TRUSEQ;
    use crate::stream::Domain;
    use rihla_core::Interval;

    #[test]
    fn short_fragments_run_into_the_adapter() {
        let letters = builders::random_letters(200, 1);
        let reference = builders::reference(&[("c", &letters)]);
        let haplotype =
            Haplotype::build(&reference, Interval::new(0, 0, 200), 0, &[], 0, &SlipRates::default());
        let sequencer = Sequencer::new(&SimulateOptions { read_length: 100, ..SimulateOptions::default() });
        let mut out = [ReadBuffer::default(), ReadBuffer::default()];
        let mut same = 0;
        for k in 0..50 {
            let mut stream = Stream::new(k, Domain::Pair, 0, 0);
            sequencer.pair(&haplotype, (20, 80), false, &mut stream, &mut out);
            let out = &out[1];
            assert_eq!((out.letters.len(), out.qualities.len()), (100, 100));
            let mut expected = Vec::new();
            base::reverse_complement_into(&haplotype.codes[20..80], &mut expected);
            let mut expected = base::decode_all(&expected);
            expected.extend_from_slice(TRUSEQ[1].as_bytes());
            expected.resize(100, b'G');
            let differences = expected.iter().zip(&out.letters).filter(|(a, b)| a != b).count();
            same += usize::from(differences <= 3);
        }
        assert!(same >= 45, "{same} of 50 reads as expected");
    }
}
