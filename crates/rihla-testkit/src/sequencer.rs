//! From a fragment to the letters and qualities of its two reads.

use rihla_core::base;

use crate::haplotype::Haplotype;
use crate::options::SimulateOptions;
use crate::profile::{QualityModel, QualityProfile};
use crate::repeats::MAX_PERIOD;
use crate::stream::Stream;

pub(crate) mod slips;

use slips::SlipRates;

/// What follows the fragment in each mate: Illumina's TruSeq adapters.
const ADAPTERS: [&[u8]; 2] = [b"AGATCGGAAGAGCACACGTCTGAACTCCAGTCA", b"AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGT"];

/// Reads fragments.
pub(crate) struct Sequencer {
    model: QualityModel,
    read_length: usize,
    adapters: [Vec<u8>; 2],
    /// What is read behind the adapter: no signal is G where two colors are used.
    filler: u8,
    slips: SlipRates,
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
        let adapters = ADAPTERS.map(|letters| letters.iter().map(|&letter| base::encode(letter)).collect());
        let filler = if options.profile.qualities() == QualityProfile::NovaSeq { 2 } else { 0 };
        let model = QualityModel::new(options.profile.qualities(), read_length);
        Self { model, read_length, adapters, filler, slips: SlipRates::default() }
    }

    /// Rates of indel errors, for the haplotypes that are to be read.
    pub(crate) const fn slip_rates(&self) -> &SlipRates {
        &self.slips
    }

    /// Reads one mate (0 or 1) of the fragment `[start, end)`: from its left end, or from its right one on
    /// the other strand (`reverse`). A fragment shorter than the read is followed by the adapter.
    pub(crate) fn read(
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
        self.model.sequence(stream, mate, &out.template, &mut out.letters, &mut out.qualities);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::builders;
    use crate::stream::Domain;
    use rihla_core::Interval;

    #[test]
    fn short_fragments_run_into_the_adapter() {
        let letters = builders::random_letters(200, 1);
        let reference = builders::reference(&[("c", &letters)]);
        let haplotype =
            Haplotype::build(&reference, Interval::new(0, 0, 200), 0, &[], 0, &SlipRates::default());
        let sequencer = Sequencer::new(&SimulateOptions { read_length: 100, ..SimulateOptions::default() });
        let mut out = ReadBuffer::default();
        let mut same = 0;
        for k in 0..50 {
            let mut stream = Stream::new(k, Domain::Pair, 0, 0);
            sequencer.read(&haplotype, (20, 80), (1, true), &mut stream, &mut out);
            assert_eq!((out.letters.len(), out.qualities.len()), (100, 100));
            let mut expected = Vec::new();
            base::reverse_complement_into(&haplotype.codes[20..80], &mut expected);
            let mut expected = base::decode_all(&expected);
            expected.extend_from_slice(ADAPTERS[1]);
            expected.resize(100, b'G');
            let differences = expected.iter().zip(&out.letters).filter(|(a, b)| a != b).count();
            same += usize::from(differences <= 3);
        }
        assert!(same >= 45, "{same} of 50 reads as expected");
    }
}
