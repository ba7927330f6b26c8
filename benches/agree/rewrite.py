"""Other ways to write the same variants: moved, padded, joined, split, taken apart into alleles."""

NEAR = 12


def is_plain(record):
    """One ALT allele of letters, called and in a diploid genotype."""
    return (len(record.alts) == 1 and record.alts[0].isalpha()
            and sorted(record.called, key=str) in ([0, 1], [1, 1]))


def is_indel(record):
    """One base beside what is added or removed."""
    return is_plain(record) and len(record.ref) != len(record.alts[0]) and 1 in (len(record.ref), len(record.alts[0]))


def moved(record, letters, rng):
    """An indel somewhere to the right in its repeat; what cannot move stays."""
    if not is_indel(record) or record.ref[0] != record.alts[0][0]:
        return record
    ref, alt, pos = record.ref, record.alts[0], record.pos
    places = [(pos, ref, alt)]
    while len(places) < 500:
        # The base behind comes in at the right and the first base goes, on both alleles alike.
        behind = pos - 1 + len(ref)
        if behind >= len(letters):
            break
        ref, alt = ref + letters[behind], alt + letters[behind]
        if ref[1] != alt[1]:
            break
        ref, alt, pos = ref[1:], alt[1:], pos + 1
        places.append((pos, ref, alt))
    pos, ref, alt = rng.choice(places)
    return record.with_(pos=pos, ref=ref, alts=(alt,))


def padded(record, letters, rng, most=4):
    """More reference bases on both sides."""
    if not all(alt.isalpha() for alt in record.alts):
        return record
    left = min(rng.randrange(most), record.pos - 1)
    right = min(rng.randrange(most), len(letters) - record.end)
    before, behind = letters[record.pos - 1 - left:record.pos - 1], letters[record.end:record.end + right]
    return record.with_(pos=record.pos - left, ref=before + record.ref + behind,
                        alts=tuple(before + alt + behind for alt in record.alts))


def as_indels(record, letters):
    """A base that is exchanged, as one removed and one put in at the same place."""
    if not is_plain(record) or len(record.ref) != 1 or len(record.alts[0]) != 1 or record.pos < 2:
        return [record]
    anchor = letters[record.pos - 2]
    removed = record.with_(pos=record.pos - 1, ref=anchor + record.ref, alts=(anchor,))
    return [removed, record.with_(pos=record.pos - 1, ref=anchor, alts=(anchor + record.alts[0],))]


def joined(records, letters, rng):
    """Neighbors as one record, each heterozygous one on either copy."""
    start, end = min(r.pos - 1 for r in records), max(r.end for r in records)
    copies = []
    turns = [rng.random() < 0.5 for _ in records]
    for copy in (0, 1):
        text, at = "", start
        for record, turned in zip(records, turns):
            allele = record.called[copy ^ turned]
            text += letters[at:record.pos - 1] + (record.alts[allele - 1] if allele else record.ref)
            at = record.end
        copies.append(text + letters[at:end])
    ref = letters[start:end]
    alts = list(dict.fromkeys(copy for copy in copies if copy != ref))
    if not alts:
        return None
    gt = "/".join(str(alts.index(copy) + 1 if copy != ref else 0) for copy in copies)
    return records[0].with_(pos=start + 1, ref=ref, alts=tuple(alts), gt=gt)


def neighbors(records, share, rng, near=NEAR):
    """Runs of records that do not overlap and are close; each run for itself with the chance `share`."""
    groups = []
    for record in records:
        last = groups[-1][-1] if groups else None
        usable = len(record.called) == 2 and None not in record.called and all(alt.isalpha() for alt in record.alts)
        close = (last is not None and usable and last.contig == record.contig
                 and last.end <= record.pos - 1 <= last.end + near and len(groups[-1]) < 4)
        if close and groups[-1][0] is not None and rng.random() < share:
            groups[-1].append(record)
        else:
            groups.append([record])
    return groups


def split_letters(record):
    """An MNP base by base."""
    if not is_plain(record) or len(record.ref) != len(record.alts[0]) or len(record.ref) == 1:
        return [record]
    pairs = enumerate(zip(record.ref, record.alts[0]))
    return [record.with_(pos=record.pos + i, ref=a, alts=(b,)) for i, (a, b) in pairs if a != b]


def split_alleles(record, rng):
    """Two called ALT alleles as two records, the other copy REF (0) or open (.)."""
    called = record.called
    if len(called) != 2 or None in called or 0 in called or called[0] == called[1]:
        return [record]
    rest = rng.choice("0.")
    gts = [f"1/{rest}", f"{rest}/1"] if rng.random() < 0.5 else [f"{rest}/1"] * 2
    return [record.with_(alts=(record.alts[a - 1],), gt=gt) for a, gt in zip(called, gts)]
