"""The ways that reads take through the aligner, and what each costs: `cargo bench --bench paths`."""
import os
import subprocess

from .views import Table

COLUMNS = ["set", "way", "reads, %", "us a read", "of the time, %"]


def measure(root, one, index, log):
    """The lines of the bench: (way, reads, microseconds a read)."""
    reads = [os.path.join(one.folder, name) for name in ("reads_1.fq.gz", "reads_2.fq.gz")]
    words = ["cargo", "bench", "--quiet", "--locked", "-p", "rihla-benches", "--bench", "paths", "--", index, *reads]
    with open(log, "a") as errors:
        out = subprocess.run(words, cwd=root, check=True, stdout=subprocess.PIPE, stderr=errors, text=True).stdout
    return [(way, int(count), float(each)) for way, count, each in (line.split("\t") for line in out.splitlines())]


def table(name, lines):
    reads = sum(count for _, count, _ in lines)
    time = sum(count * each for _, count, each in lines)
    rows = [[name, way, f"{100 * count / reads:.2f}", f"{each:.2f}", f"{100 * count * each / time:.1f}"]
            for way, count, each in lines]
    return Table(COLUMNS, [*rows, [name, "all", "100.00", f"{time / reads:.2f}", "100.0"]])
