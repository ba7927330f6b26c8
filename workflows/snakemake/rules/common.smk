# What the sample sheet says: nf-core's, sarek's or DRAGEN's, as rihla reads them itself.
import csv
import re
from pathlib import Path

SHEET = config["samples"]
# Names of the columns: sample, file of the first ends, file of the second ends.
COLUMNS = [("sample", "fastq_1", "fastq_2"), ("RGSM", "Read1File", "Read2File")]


def lanes_of_sheet():
    """The lanes of each sample, in the order of the sheet: lists of one or two files."""
    with open(SHEET, newline="") as lines:
        rows = list(csv.DictReader(lines))
    if not rows:
        raise WorkflowError(f"{SHEET}: lists no sample")
    known = [columns for columns in COLUMNS if set(columns[:2]) <= set(rows[0])]
    if not known:
        raise WorkflowError(f"{SHEET}: has neither the columns of nf-core and sarek nor of DRAGEN: {COLUMNS}")
    name, *ends = known[0]
    lanes = {}
    for row in rows:
        files = [near_sheet(row[end]) for end in ends if row.get(end)]
        lanes.setdefault(row[name], []).append(files)
    return lanes


def near_sheet(file):
    """A relative path is looked for from here, then from the sheet's folder."""
    near = Path(SHEET).parent / file
    return file if Path(file).is_absolute() or Path(file).exists() or not near.exists() else str(near)


LANES = lanes_of_sheet()
# Samples whose calls are scattered, and those that are one job each.
SCATTERED = [sample for sample in LANES if sample in config["scatter"]]
WHOLE = [sample for sample in LANES if sample not in config["scatter"]]

for unknown in set(config["scatter"]) | set(config["truth"]):
    if unknown not in LANES:
        raise WorkflowError(f"config: sample {unknown} is not in {SHEET}")


def one_of(names):
    """A pattern for a wildcard that is one of these names; of none it matches nothing."""
    return "|".join(map(re.escape, names)) or "(?!)"
