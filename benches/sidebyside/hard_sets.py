"""Reads that are hard for aligners, each kind a set of its own, from a seed; their true places are known."""
import random
from dataclasses import dataclass
from functools import partial

from .hard_genome import BASES, outside, random_letters, reverse, substituted
from .truths import Place

ERRORS = 0.005
GAP = 30
MIDDLE = "in the middle"
ADAPTERS = ("AGATCGGAAGAGCACACGTCTGAACTCCAGTCACATCACGATCTCGTATGCCGTCTTCTGCTTG",
            "AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGTAGATCTCGGTGGTCGCCGTATCATT")


@dataclass(frozen=True)
class Kind:
    """`make(rng, genome, kind)` gives one template: for each mate its letters and the places that are right for it."""

    name: str
    length: int
    make: object
    paired: bool = True
    # Share of the reads that this kind has: those that cost a program very much are fewer.
    share: float = 1.0

    @property
    def distance(self):
        """Mean and deviation of the fragments."""
        return (600, 60) if self.length > 200 else (400, 50)

    @property
    def base(self):
        """The kind that its cost is compared with."""
        return clean_name(self.length, self.paired)


def clean_name(length, paired):
    return f"clean {length}" + ("" if paired else " single")


def kinds():
    """All kinds, in the order of the table; the clean ones of a length before those that are compared with them."""
    one = [Kind(clean_name(length, False), length, plain, False) for length in (35, 50, 100, 150, 300)]
    two = [Kind(clean_name(length, True), length, plain) for length in (35, 50, 75, 100, 150, 250, 300)]
    diverged = partial(plain, errors=(0.06, 0.08))
    hard = [Kind("diverged 6-8 %, single", 100, diverged, False), Kind("diverged 6-8 %, single", 150, diverged, False)]
    hard += [Kind("diverged 6-8 %", length, diverged) for length in (100, 150, 250)]
    hard += [Kind(f"{GAP} bases {what} {where}", 150, partial(gapped, deleted=what == "missing", middle=where == MIDDLE))
             for what in ("missing", "more") for where in (MIDDLE, "near an end")]
    hard += [Kind("chimeras, single", 150, chimera, False), Kind("chimeras", 150, chimera),
             Kind("adapters", 150, adapter), Kind("10-30 % N", 150, unknown), Kind("10-30 % N, single", 150, unknown, False)]
    hard += [Kind(name, 150, partial(plain, within=span)) for name, span in
             (("repeat families", "family"), ("microsatellites", "microsatellite"), ("exact copies", "copies"))]
    hard += [Kind("satellite array", 150, partial(plain, within="satellite"), share=0.25),
             Kind("satellite array, single", 150, partial(plain, within="satellite"), False, share=0.25)]
    return one + two + hard + [Kind("runs of 1-2 letters", 150, low_complexity), Kind("of another genome", 150, foreign)]


def templates(kind, genome, count, seed):
    """(name, letters of each mate, right places of each mate) of `count` templates."""
    rng = random.Random(f"{seed} {kind.name} {kind.length}")
    for number in range(count):
        ends = kind.make(rng, genome, kind)[:2 if kind.paired else 1]
        yield f"r{number}", [letters for letters, _ in ends], [places for _, places in ends]


def place(start, end, backward):
    return Place("chr1", start + 1, end, backward)


def fragment(rng, genome, kind, within=None):
    """Start and end of a fragment, outside the satellite array or over a span of the kind that is asked for."""
    mean, deviation = kind.distance
    length = max(2 * GAP + kind.length, int(rng.gauss(mean, deviation)))
    spans = genome.spans[within or "satellite"]
    while True:
        if within is None:
            start = rng.randrange(len(genome.sequence) - length)
            if outside(spans, start, start + length):
                return start, start + length
            continue
        first, last = rng.choice(spans)
        # One of the mates has its middle in the span.
        middle = rng.randrange(first, last)
        start = middle - kind.length // 2 - (length - kind.length) * (kind.paired and rng.random() < 0.5)
        inside = within != "satellite" or first <= start <= last - length
        if inside and 0 <= start <= len(genome.sequence) - length:
            return start, start + length


def mates(rng, left, right):
    """Both ends of a fragment, given along the genome as (letters, start, end), from one strand or the other."""
    (a, *here), (b, *there) = left, right
    ends = [(a, [place(*here, False)]), (reverse(b), [place(*there, True)])]
    return ends if rng.random() < 0.5 else ends[::-1]


def plain(rng, genome, kind, errors=(ERRORS, ERRORS), within=None):
    start, end = fragment(rng, genome, kind, within)
    rate = rng.uniform(*errors)
    cut = [(at, at + kind.length) for at in (start, end - kind.length)]
    return mates(rng, *((substituted(rng, genome.sequence[a:b], rate), a, b) for a, b in cut))


def gapped(rng, genome, kind, deleted, middle):
    """Both mates have a gap of 30 bases: in their middle third, or 25 to 40 bases from one end."""
    start, end = fragment(rng, genome, kind)

    def one(at):
        length = kind.length - (0 if deleted else GAP)
        before = rng.randint(length // 3, 2 * length // 3) if middle else rng.randint(25, 40)
        before = before if middle or rng.random() < 0.5 else length - before
        stop = at + length + (GAP if deleted else 0)
        parts = (genome.sequence[at:at + before], "" if deleted else random_letters(rng, GAP),
                 genome.sequence[stop - (length - before):stop])
        return substituted(rng, "".join(parts), ERRORS), at, stop

    return mates(rng, one(start), one(end - kind.length - (GAP if deleted else -GAP)))


def chimera(rng, genome, kind):
    """The first mate goes on at another locus and strand after 40 to 110 bases; either is right."""
    start, end = fragment(rng, genome, kind)
    other, _ = fragment(rng, genome, kind)
    first = rng.randint(40, kind.length - 40)
    rest = kind.length - first
    tail, backward = genome.sequence[other:other + rest], rng.random() < 0.5
    letters = genome.sequence[start:start + first] + (reverse(tail) if backward else tail)
    places = [place(start, start + first, False), place(other, other + rest, backward)]
    mate = substituted(rng, reverse(genome.sequence[end - kind.length:end]), ERRORS)
    return [(substituted(rng, letters, ERRORS), places), (mate, [place(end - kind.length, end, True)])]


def adapter(rng, genome, kind):
    """A fragment of 50 to 140 bases, read through into the adapters and what follows them."""
    start, _ = fragment(rng, genome, kind)
    end = start + rng.randint(50, 140)
    inner, ends = genome.sequence[start:end], []
    for backward, tail in zip((False, True), ADAPTERS):
        letters = ((reverse(inner) if backward else inner) + tail + "G" * kind.length)[:kind.length]
        ends.append((substituted(rng, letters, ERRORS), [place(start, end, backward)]))
    return ends


def unknown(rng, genome, kind):
    """10 to 30 % of the bases are N, in any place."""
    ends = []
    for letters, places in plain(rng, genome, kind):
        share = rng.uniform(0.1, 0.3)
        ends.append(("".join("N" if rng.random() < share else base for base in letters), places))
    return ends


def low_complexity(rng, genome, kind):
    """One letter, or two in turn; they belong nowhere."""
    unit = rng.choice(BASES) + rng.choice(BASES)
    return [(substituted(rng, (unit * kind.length)[:kind.length], 0.01), []) for _ in range(2)]


def foreign(rng, genome, kind):
    return [(random_letters(rng, kind.length), []) for _ in range(2)]
