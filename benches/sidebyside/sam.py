"""Primary records of SAM text, as far as placement needs them."""
import re
from typing import NamedTuple

CIGAR = re.compile(r"(\d+)([MIDNSHP=X])")
SECONDARY, SUPPLEMENTARY, UNMAPPED, REVERSE, LAST = 0x100, 0x800, 4, 16, 0x80


class Record(NamedTuple):
    """A read: where it would start and end if its clipped ends were aligned; `contig` is None of an unmapped one."""

    name: str
    mate: int
    contig: str | None
    start: int
    end: int
    reverse: bool
    mapq: int


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
        start, end = span(int(t[3]), t[5])
        yield Record(name, mate, t[2], start, end, bool(flag & REVERSE), int(t[4]))


def span(position, cigar):
    """First and last base of the reference, clipped ends added."""
    operations = CIGAR.findall(cigar)
    lead = trail = 0
    inner = list(operations)
    while inner and inner[0][1] in "SH":
        lead += int(inner.pop(0)[0])
    while inner and inner[-1][1] in "SH":
        trail += int(inner.pop()[0])
    length = sum(int(count) for count, operation in inner if operation in "MDN=X")
    return position - lead, position + length - 1 + trail
