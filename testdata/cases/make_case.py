#!/usr/bin/env python3
"""Make a case folder from a place in a BAM: a slice of reference and the reads over it, renamed and shifted.

  make_case.py --ref REF.fa --bam IN.bam --at CONTIG:START-END --out SLUG [--flank 700 --reach 110]

Needs samtools. Writes SLUG/reference.fa, SLUG/reads.sam; README.md and expected.tsv are written by hand: a line
`core START END` (1-based positions in the slice), perhaps `depth N SPREAD` (how deep the
sample's reads usually lie, and by how much that varies, as a share; 0.2 without one), perhaps `artifacts SNP GAP` (how
many times as common as usual they are in the sample; 1 without it), perhaps `slips SHARE` (of the reads, in runs of
twelve), perhaps `shift PHRED` (by how much more often than usual reads slip in all repeats), then one line `POS REF ALT GT` for each passing call in the core.
"""
import argparse, os, re, subprocess


def lines(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


def main():
    p = argparse.ArgumentParser(description=__doc__)
    for name in ("ref", "bam", "at", "out"):
        p.add_argument("--" + name, required=True)
    p.add_argument("--flank", type=int, default=700)
    p.add_argument("--reach", type=int, default=110)
    o = p.parse_args()
    contig, start, end = re.fullmatch(r"(.+):(\d+)-(\d+)", o.at).groups()
    start, end = int(start), int(end)
    first = start - o.flank
    sequence = "".join(lines("samtools", "faidx", o.ref, f"{contig}:{first}-{end + o.flank}")[1:]).upper()
    os.makedirs(o.out, exist_ok=True)
    with open(f"{o.out}/reference.fa", "w") as out:
        out.write(">slice\n")
        for i in range(0, len(sequence), 100):
            out.write(sequence[i:i + 100] + "\n")
    names = {}
    with open(f"{o.out}/reads.sam", "w") as out:
        out.write(f"@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:slice\tLN:{len(sequence)}\n")
        place = f"{contig}:{start - o.reach}-{end + o.reach}"
        for line in lines("samtools", "view", "-F", "0x704", o.bam, place):
            t = line.split("\t")
            t = t[:11] + [tag for tag in t[11:] if tag[:5] in ("AS:i:", "XS:i:", "MQ:i:")]
            if not first < int(t[3]) < end + o.flank - 200:
                continue
            t[0] = names.setdefault(t[0], f"r{len(names) + 1}")
            t[2], t[3] = "slice", str(int(t[3]) - first + 1)
            inside = t[6] == "=" and first < int(t[7]) < end + o.flank
            t[6], t[7] = ("=", str(int(t[7]) - first + 1)) if inside else ("*", "0")
            out.write("\t".join(t) + "\n")
    print(f"the place is at {o.flank + 1}-{o.flank + 1 + end - start} of the slice; {len(names)} templates")


if __name__ == "__main__":
    main()
