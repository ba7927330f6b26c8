"""Wrong pairs of reads: was their true place better than the one that an aligner named, as good, or worse?"""
from collections import Counter

from .placed import is_right
from .sam import records

MATCH, MISMATCH = 1, 4
BETTER, EQUAL, WORSE = "better", "equal", "worse"
COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


def score_at(sequences, place, reverse, bases):
    """What a read scores at a place without gaps and whole; `bases` as the SAM has them, `reverse` its strand there."""
    if place.reverse != reverse:
        bases = bases.translate(COMPLEMENT)[::-1]
    sequence = sequences[place.contig]
    # Where the end alone is off, as by a gap, the read lies elsewhere on the sequence: that is worse then, never better.
    target = sequence[place.start - 1:place.start - 1 + len(bases)]
    same = sum(a == b and a != "N" for a, b in zip(target, bases))
    return same * MATCH - (len(bases) - same) * MISMATCH


def score_of(sequences, one, bases, score):
    """What a read scores where it was put."""
    whole = one.contig is not None and one.end - one.start + 1 == len(bases) and not one.before + one.behind
    # Some aligners' AS leaves out a mismatch beside an end that they do not clip.
    return score_at(sequences, one, one.reverse, bases) if whole else score


def pairs(lines):
    """Primary records of mates that stand next to each other: ((record, bases, AS), (record, bases, AS)). Of reads without
    a place the score is 0."""
    before = None
    for line in lines:
        for one in records([line]):
            columns = line.rstrip("\n").split("\t")
            score = next((int(tag[5:]) for tag in columns[11:] if tag.startswith("AS:i:")), 0)
            read = one, columns[9], score
            if before and before[0].name == one.name:
                yield before, read
                before = None
            else:
                before = read


def count(lines, sequences, truth_of):
    """Pairs, and wrong ones by what their true place is beside the one named: the sums of both mates' scores are held against
    each other, without gaps; a placement with gaps or clips has its AS."""
    counts = Counter()
    for mates in pairs(lines):
        truths = [truth_of(one.name, one.mate) for one, _, _ in mates]
        if None in truths:
            continue
        counts["pairs"] += 1
        truths = [truth._replace(end=truth.end or truth.start + len(bases) - 1)
                  for truth, (_, bases, _) in zip(truths, mates)]
        if all(one.contig is not None and is_right(one, truth) for (one, _, _), truth in zip(mates, truths)):
            continue
        named = sum(score_of(sequences, *mate) for mate in mates)
        true = sum(score_at(sequences, truth, one.reverse, bases) for truth, (one, bases, _) in zip(truths, mates))
        counts[BETTER if true > named else EQUAL if true == named else WORSE] += 1
    return counts
