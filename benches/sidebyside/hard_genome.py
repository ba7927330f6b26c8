"""A small genome with what is hard for aligners: repeats, a satellite array, copies, microsatellites."""
import bisect
from dataclasses import dataclass, field

BASES = "ACGT"
UNIQUE, COPY, SATELLITE, MONOMER = 2_400_000, 20_000, 200_000, 171
COMPLEMENT = str.maketrans("ACGTN", "TGCAN")


@dataclass
class Genome:
    """One contig `chr1`; spans are 0-based and half-open."""

    sequence: str = ""
    spans: dict = field(default_factory=dict)

    def add(self, kind, letters):
        start = len(self.sequence)
        self.sequence += letters
        self.spans.setdefault(kind, []).append((start, len(self.sequence)))


def random_letters(rng, length):
    return "".join(rng.choices(BASES, k=length))


def reverse(letters):
    return letters.translate(COMPLEMENT)[::-1]


def substituted(rng, letters, rate):
    """Each letter turned into another one with this chance."""
    if not rate:
        return letters
    out, at = list(letters), int(rng.expovariate(rate))
    while at < len(out):
        out[at] = rng.choice([base for base in BASES if base != out[at]])
        at += 1 + int(rng.expovariate(rate))
    return "".join(out)


def make(rng):
    """Unique sequence, in it 300 copies (300 bases, 15 % diverged) and 60 (1,500 bases, 4 %) of two families and 300
    microsatellites; two exact copies of 20 kb, apart; one array of 171-base monomers, 2 % diverged."""
    old, young = random_letters(rng, 300), random_letters(rng, 1500)
    pieces = [("family", substituted(rng, old, 0.15)) for _ in range(300)]
    pieces += [("family", substituted(rng, young, 0.04)) for _ in range(60)]
    pieces += [("microsatellite", _microsatellite(rng)) for _ in range(300)]
    copy, monomer = random_letters(rng, COPY), random_letters(rng, MONOMER)
    pieces += [("copies", copy), ("copies", copy)]
    array = "".join(substituted(rng, monomer, 0.02) for _ in range(SATELLITE // MONOMER))
    pieces += [("satellite", array)]
    rng.shuffle(pieces)
    genome = Genome()
    for kind, letters in pieces:
        genome.add("unique", random_letters(rng, UNIQUE // (len(pieces) + 1)))
        genome.add(kind, letters if rng.random() < 0.5 else reverse(letters))
    genome.add("unique", random_letters(rng, UNIQUE // (len(pieces) + 1)))
    return genome


def _microsatellite(rng):
    unit = random_letters(rng, rng.randint(1, 6))
    return substituted(rng, (unit * 120)[:rng.randint(30, 120)], 0.01)


def outside(spans, start, end):
    """Whether a stretch touches none of the spans, which are in order."""
    at = bisect.bisect_right(spans, (end, 0))
    return at == 0 or spans[at - 1][1] <= start
