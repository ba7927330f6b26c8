"""Verdicts side by side, locus by locus.

A locus is what rihla compares as one: records that might touch each other, moved anywhere in their repeats. A record
that rihla does not compare is a locus of its own.
"""
from collections import Counter, defaultdict
from dataclasses import dataclass, field

COUNTED = ("TP", "FN", "FP")


@dataclass
class Locus:
    """Records of both files with both judges' words: (record, rihla's, vcfeval's)."""

    place: tuple
    truth: list = field(default_factory=list)
    query: list = field(default_factory=list)

    def counts(self, judge):
        """(TP of truth, FN, TP of query, FP); judge 0 is rihla, 1 vcfeval."""
        words = [Counter(row[1 + judge] for row in side) for side in (self.truth, self.query)]
        return (words[0]["TP"], words[0]["FN"], words[1]["TP"], words[1]["FP"])

    def is_equal(self):
        return self.counts(0) == self.counts(1)

    def same_records(self):
        return sum(row[1] == row[2] for row in self.truth + self.query)

    def kind(self):
        """The class of a difference, as far as counts and words tell."""
        rows = self.truth + self.query
        if any(row[2] == "HARD" for row in rows):
            return "vcfeval gave up"
        if any((row[1] == "N") != (row[2] == "N") for row in rows):
            return "a record that only one compares"
        if any((row[1], row[2]) == ("OUT", "TP") for row in self.query):
            return "a call outside, next to one inside"
        ours, theirs = self.counts(0), self.counts(1)
        found = ours[0] + ours[2] - theirs[0] - theirs[2]
        if found > 0:
            return "rihla finds more"
        if found < 0:
            return "vcfeval finds more"
        return "the same number, divided otherwise"


def loci(ours, theirs):
    """All loci, in order; `ours` and `theirs` are the two lists of verdicts of each judge."""
    found = {}
    for side in (0, 1):
        words = defaultdict(list)
        for verdict in theirs[side]:
            words[verdict.record.key].append(verdict.word)
        for verdict in ours[side]:
            record = verdict.record
            if not words[record.key]:
                raise ValueError(f"vcfeval's output lacks {record.text()}")
            # Of records that are there twice any may be the one that is found.
            place = verdict.locus or (record.contig, record.pos, "alone")
            locus = found.setdefault(place, Locus(place))
            among = words[record.key]
            theirs_word = verdict.word if verdict.word in among else among[0]
            among.remove(theirs_word)
            (locus.truth, locus.query)[side].append((record, verdict.word, theirs_word))
        left = [key for key, rest in words.items() if rest]
        if left:
            raise ValueError(f"rihla's output lacks {left[0]}")
    return [found[place] for place in sorted(found, key=lambda place: (place[0], place[1], len(place)))]
