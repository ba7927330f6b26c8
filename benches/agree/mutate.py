"""Call sets made from true variants, each kind with its own errors and its own ways to write; fixed by a seed."""
import random

from . import rewrite
from .vcf import Record

OTHER = {"A": "CGT", "C": "AGT", "G": "ACT", "T": "ACG"}
# Of a set's records, the share that is made wrong.
WRONG = 0.05


def change_genotype(record):
    if record.gt.replace("|", "/") in ("0/1", "1/0"):
        return record.with_(gt="1/1")
    if record.gt.replace("|", "/") == "1/1":
        return record.with_(gt="0/1")
    return record


def change_allele(record, rng):
    alt = record.alts[0]
    if not alt.isalpha() or len(record.alts) > 1:
        return record
    if len(alt) == 1 and len(record.ref) == 1:
        return record.with_(alts=(rng.choice([b for b in OTHER[record.ref] if b != alt]),))
    alt += rng.choice("ACGT")
    return record.with_(alts=(alt,)) if alt != record.ref else record


def errors(records, rng, share=WRONG):
    """Some records dropped, some with another genotype, some with another allele."""
    for record in records:
        dice = rng.random()
        if dice < share:
            continue
        if dice < 2 * share:
            record = change_genotype(record)
        elif dice < 3 * share:
            record = change_allele(record, rng)
        yield record


def same(truth, contigs, rng):
    """As the truth has them."""
    return truth, truth


def moved(truth, contigs, rng):
    """Indels anywhere in their repeats, records with padding."""
    def other(record):
        record = rewrite.moved(record, contigs[record.contig], rng)
        return rewrite.padded(record, contigs[record.contig], rng) if rng.random() < 0.3 else record
    return truth, [other(record) for record in truth]


def joined(truth, contigs, rng):
    """Neighbors joined to one record, in calls or in truth; MNPs base by base."""
    sides = [[], []]
    for group in rewrite.neighbors(truth, 0.8, rng):
        block = rewrite.joined(group, contigs[group[0].contig], rng) if len(group) > 1 else None
        if block is None:
            for side in sides:
                side += group
            continue
        turn = rng.randrange(2)
        sides[turn].append(block)
        sides[1 - turn] += group
    return sides[0], [part for record in sides[1] for part in rewrite.split_letters(record)]


def alleles(truth, contigs, rng):
    """Second alleles put in, and records of two alleles taken apart, in calls or in truth."""
    sides = [[], []]
    for record in truth:
        both = record
        if rewrite.is_plain(record) and rng.random() < 0.3:
            extra = change_allele(record, rng).alts[0]
            alts = record.alts + ((extra,) if extra != record.alts[0] else ())
            both = record.with_(alts=alts, gt="/".join(rng.sample("12", 2)) if len(alts) > 1 else record.gt)
        turn = rng.randrange(2)
        sides[turn].append(both)
        sides[1 - turn] += rewrite.split_alleles(both, rng)
    return sides


def genotypes(truth, contigs, rng):
    """Half calls, haploid ones, missing ones, `*`, ALT alleles that nobody called, three copies."""
    def other(record):
        if not rewrite.is_plain(record) or rng.random() < 0.5:
            return record
        is_het = record.called[0] != record.called[1]
        way = rng.randrange(6)
        if way == 0:
            return record.with_(gt=rng.choice(["./1", "1/."]))
        if way == 1:
            return record.with_(alts=(*record.alts, "*"), gt="1/2" if is_het else "1/1")
        if way == 2:
            return record.with_(gt="1" if not is_het or rng.random() < 0.3 else record.gt)
        if way == 3:
            return record.with_(alts=("*", *record.alts), gt=rng.choice(["1/2", "2|1", "0/2"]) if is_het else "2/2")
        if way == 4:
            more = record.alts[0] + ("AC" if record.alts[0] + "AC" != record.ref else "GT")
            return record.with_(alts=(*record.alts, more))
        return record.with_(gt=rng.choice(["./.", "0/0", ".", "1|0", "0/1/1"]))
    return truth, [other(record) for record in truth]


def exchanged(truth, contigs, rng):
    """Bases as one removed and one put in, records twice, filtered calls."""
    calls = []
    for record in truth:
        dice = rng.random()
        if dice < 0.05:
            calls += [record, record]
        elif dice < 0.3:
            calls += rewrite.as_indels(record, contigs[record.contig])
        elif dice < 0.4:
            calls.append(record.with_(filter="LowQual"))
        else:
            calls.append(record)
    return truth, calls


def overlapping(truth, contigs, rng):
    """Deletions over other records, on both sides or one."""
    sides = [[], []]
    for record in truth:
        letters = contigs[record.contig]
        extra, keep = [], rng.random()
        if rng.random() < 0.2 and record.pos > 10 and record.end + 10 < len(letters):
            start, length = record.pos - 1 - rng.randrange(1, 6), rng.randrange(2, 9)
            ref = letters[start:start + length + 1]
            if "N" not in ref:
                extra = [Record(record.contig, start + 1, ref, (ref[0],), rng.choice(["0/1", "1/0", "0|1"]))]
        sides[0] += [record] + (extra if keep < 0.8 else [])
        sides[1] += [record] + (extra if keep > 0.2 else [])
    return sides


def mixture(truth, contigs, rng):
    """Neighbors joined, alleles taken apart, bases exchanged and indels moved, all in the calls."""
    query = truth
    for kind in (joined, alleles, exchanged, moved):
        one = sorted(kind(query, contigs, rng)[1], key=lambda record: (record.contig, record.pos))
        query = one
    return truth, query


# Made from the real variants, before errors.
KINDS = {kind.__name__: kind for kind in (same, moved, joined, alleles, genotypes, exchanged, overlapping, mixture)}


def crowded(contigs, spacing, rng, bases=600_000):
    """True variants at random places of the first contig, on average `spacing` bases apart, indels more often in
    repeats."""
    contig, letters = next(iter(contigs.items()))
    start = len(letters) // 3
    records, at = [], start
    while (at := at + max(2, int(rng.expovariate(1 / spacing)))) < start + bases:
        if "N" in letters[at - 1:at + 40]:
            continue
        is_repeat = letters[at + 1:at + 4] == letters[at + 2:at + 5] or letters[at + 1:at + 4] == letters[at + 3:at + 6]
        gt = rng.choice(["0/1", "0|1", "1|0", "1/1"])
        if rng.random() > (0.6 if is_repeat else 0.15):
            alts = tuple(rng.sample(OTHER[letters[at]], 2 if rng.random() < 0.03 else 1))
            gt = "1/2" if len(alts) == 2 else gt
            records.append(Record(contig, at + 1, letters[at], alts, gt))
            continue
        size = min(1 + int(rng.expovariate(0.4)), 20)
        unit = letters[at + 1:at + 1 + size] if is_repeat else "".join(rng.choices("ACGT", k=size))
        if rng.random() < 0.5:
            records.append(Record(contig, at + 1, letters[at], (letters[at] + unit,), gt))
        else:
            records.append(Record(contig, at + 1, letters[at:at + 1 + size], (letters[at],), gt))
            at += size
    return records


def repeats(contigs, rng, most=4000):
    """Indels of whole units in short tandem repeats, one to three in each, some with a changed base beside."""
    contig, letters = next(iter(contigs.items()))
    records, at = [], 1
    while len(records) < most and at + 100 < len(letters):
        found = next((unit for unit in (2, 1, 3, 4, 5) if _copies(letters, at, unit) >= 5), None)
        if found is None or "N" in letters[at - 1:at + 60]:
            at += 1
            continue
        length = _copies(letters, at, found) * found
        place, repeat_end = at, at + length
        for _ in range(rng.randrange(1, 4)):
            size = found * rng.randrange(1, 4)
            if place + size + 2 > repeat_end:
                break
            gt = rng.choice(["0/1", "0/1", "1/1"])
            anchor = letters[place - 1]
            if rng.random() < 0.5:
                unit = letters[place:place + found] * (size // found)
                records.append(Record(contig, place, anchor, (anchor + unit,), gt))
                place += rng.randrange(2, 6)
            else:
                records.append(Record(contig, place, letters[place - 1:place + size], (anchor,), gt))
                place += size + rng.randrange(2, 6)
        if rng.random() < 0.3:
            base = letters[repeat_end + 1]
            records.append(Record(contig, repeat_end + 2, base, (rng.choice(OTHER[base]),), "0/1"))
        at = repeat_end + 60
    return records


def _copies(letters, at, unit):
    one, copies = letters[at:at + unit], 1
    if unit > 1 and len(set(one)) == 1:
        return 0
    while letters.startswith(one, at + copies * unit):
        copies += 1
    return copies


def generator(name):
    """Random numbers that depend on the set's name alone."""
    return random.Random(f"agreement {name}")
