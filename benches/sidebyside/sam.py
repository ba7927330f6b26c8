"""Primary records of SAM text, as far as placement needs them."""
import re
from typing import NamedTuple

CIGAR = re.compile(r"(\d+)([MIDNSHP=X])")
SECONDARY, SUPPLEMENTARY, UNMAPPED, REVERSE, LAST = 0x100, 0x800, 4, 16, 0x80


class Record(NamedTuple):
    """A read: first and last base of its alignment, and what is clipped before and behind; `contig` is None when unmapped."""

    name: str
    mate: int
    contig: str | None
    start: int
    end: int
    reverse: bool
    mapq: int
    before: int = 0
    behind: int = 0


def records(lines):
    """Primary records, one a read, in the order of the text."""
    for line in lines:
        if line.startswith("@"):
            continue
        t = line.split("\t", 6)
        flag = int(t[1])
        if flag & (SECONDARY | SUPPLEMENTARY):
            continue
        name, mate = t[0], 1 if flag & LAST else 0
        if name.endswith(("/1", "/2")):
            name = name[:-2]
        if flag & UNMAPPED:
            yield Record(name, mate, None, 0, 0, False, int(t[4]))
            continue
        start = int(t[3])
        length, before, behind = span(t[5])
        yield Record(name, mate, t[2], start, start + length - 1, bool(flag & REVERSE), int(t[4]), before, behind)


def span(cigar):
    """Bases of the reference, and of the read's clipped ends."""
    inner, before, behind = CIGAR.findall(cigar), 0, 0
    while inner and inner[0][1] in "SH":
        before += int(inner.pop(0)[0])
    while inner and inner[-1][1] in "SH":
        behind += int(inner.pop()[0])
    return sum(int(count) for count, operation in inner if operation in "MDN=X"), before, behind
