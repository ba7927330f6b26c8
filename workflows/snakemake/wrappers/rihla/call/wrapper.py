__author__ = "The Rihla authors"
__copyright__ = "Copyright 2026, the Rihla authors"
__license__ = "MIT"

import os
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


for name in ("part", "regions", "alleles"):
    if snakemake.input.get(name):
        extra += f" --{name} {quote(str(snakemake.input.get(name)))}"
if snakemake.output.get("gvcf"):
    extra += f" --gvcf {quote(str(snakemake.output.gvcf))}"
ref, bam, out = (quote(str(path)) for path in (snakemake.input.ref, snakemake.input.bam, snakemake.output.vcf))
index, memory = index(), memory()

shell(
    "rihla call --ref {ref} {index} --bam {bam} --out {out}"
    " --threads {snakemake.threads} {memory} {extra} {log}"
)
