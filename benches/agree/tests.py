"""Rewritten variants spell what the originals spell; loci are counted as they should be."""
import random
import unittest

from . import mutate, rewrite
from .judges import Verdict
from .loci import loci
from .vcf import Record


def spell(letters, records):
    """The haplotype of homozygous records that do not overlap."""
    text, at = "", 0
    for record in sorted(records, key=lambda r: (r.pos, len(r.ref))):
        text += letters[at:record.pos - 1] + record.alts[0]
        at = record.end
    return text + letters[at:]


class Rewriting(unittest.TestCase):
    def setUp(self):
        self.rng = random.Random(5)
        self.letters = "".join(self.rng.choices("ACGT", k=300)) + "CA" * 30 + "".join(self.rng.choices("ACGT", k=300))

    def test_moved_and_padded(self):
        places = set()
        for _ in range(200):
            first = Record("c", 300, self.letters[299:302], (self.letters[299],), "1/1")
            other = rewrite.padded(rewrite.moved(first, self.letters, self.rng), self.letters, self.rng)
            self.assertEqual(spell(self.letters, [first]), spell(self.letters, [other]))
            self.assertEqual(other.ref, self.letters[other.pos - 1:other.end])
            places.add(other.pos)
        self.assertGreater(len(places), 20)

    def test_joined_and_split(self):
        base = lambda at: Record("c", at, self.letters[at - 1], (mutate.OTHER[self.letters[at - 1]][0],), "1/1")
        records = [base(50), base(51), base(55)]
        block = rewrite.joined(records, self.letters, self.rng)
        self.assertEqual(spell(self.letters, [block]), spell(self.letters, records))
        self.assertEqual(rewrite.split_letters(block), records)
        one, two = rewrite.as_indels(base(70), self.letters)
        self.assertEqual((one.pos, two.pos, len(one.ref), len(two.alts[0])), (69, 69, 2, 2))

    def test_sets_are_the_same_each_time(self):
        contigs = {"c": self.letters * 20}
        made = [mutate.mixture(mutate.crowded(contigs, 20, rng, 5_000), contigs, rng)
                for rng in (mutate.generator("x"), mutate.generator("x"))]
        self.assertEqual(*made)
        self.assertGreater(len(made[0][0]), 100)


class Counting(unittest.TestCase):
    def test_loci(self):
        record = Record("c", 10, "A", ("C",), "0/1")
        twice = [Verdict(record, "TP", ("c", 10)), Verdict(record, "FP", ("c", 10))]
        ours = [Verdict(record, "TP", ("c", 10))], twice
        theirs = [Verdict(record, "TP")], twice[::-1]
        (locus,) = loci(ours, theirs)
        self.assertTrue(locus.is_equal())
        self.assertEqual(locus.counts(0), (1, 0, 1, 1))
        (locus,) = loci(ours, ([Verdict(record, "FN")], [Verdict(record, "FP")] * 2))
        self.assertEqual((locus.is_equal(), locus.kind()), (False, "rihla finds more"))
        with self.assertRaises(ValueError):
            loci(ours, ([], twice))


if __name__ == "__main__":
    unittest.main()
