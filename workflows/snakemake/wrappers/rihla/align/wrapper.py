__author__ = "The Rihla authors"
__copyright__ = "Copyright 2026, the Rihla authors"
__license__ = "MIT"

import os
from pathlib import Path
from shlex import quote

from snakemake.shell import shell

log = snakemake.log_fmt_shell(stdout=True, stderr=True)
extra = snakemake.params.get("extra", "")


def memory():
    """--memory is beside the mapped index."""
    mem_mb = snakemake.resources.get("mem_mb")
    if not mem_mb:
        return ""
    index = snakemake.input.get("index")
    mapped = os.path.getsize(index) >> 20 if index else 0
    return f"--memory {max(int(mem_mb) - mapped, 512)}M"


def index():
    path = snakemake.input.get("index")
    return f"--index {quote(str(path))}" if path else ""


def reads():
    if snakemake.input.get("bams"):
        bams = snakemake.input.bams
        bams = [bams] if isinstance(bams, str) else bams
        return "--from bam " + " ".join(f"--reads {quote(str(bam))}" for bam in bams)
    files = snakemake.input.reads
    files = [files] if isinstance(files, str) else list(files)
    each = int(snakemake.params.get("lane_files", 2 if len(files) > 1 else 1))
    lanes = [files[first : first + each] for first in range(0, len(files), each)]
    return " ".join("--reads " + " ".join(map(quote, lane)) for lane in lanes)


bam = str(snakemake.output.bam)
# A BAM says itself whose reads it holds.
default = None if snakemake.input.get("bams") else Path(bam).stem
sample = snakemake.params.get("sample", default)
sample = f"--sample {quote(sample)}" if sample else ""
ref, out = quote(str(snakemake.input.ref)), quote(bam)
reads, index, memory, tmp_dir = reads(), index(), memory(), quote(str(snakemake.resources.tmpdir))

shell(
    "rihla align --ref {ref} {index} {reads} {sample} --out {out}"
    " --threads {snakemake.threads} {memory} --tmp-dir {tmp_dir} {extra} {log}"
)
