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
    """The sheet lists the reads itself."""
    if snakemake.input.get("sheet"):
        return f"--sheet {quote(str(snakemake.input.sheet))}"
    files = snakemake.input.reads
    files = [files] if isinstance(files, str) else list(files)
    each = int(snakemake.params.get("lane_files", 2))
    lanes = [files[first : first + each] for first in range(0, len(files), each)]
    return " ".join("--reads " + " ".join(map(quote, lane)) for lane in lanes)


bam = Path(str(snakemake.output.bam))
sample = snakemake.params.get("sample", bam.stem)
beside = [path for path in snakemake.output if Path(path).parent != bam.parent or not Path(path).name.startswith(f"{sample}.")]
if beside:
    raise ValueError(f"{beside[0]}: rihla germline writes all its files into {bam.parent}, each as {sample}.SOMETHING")
if bam.suffix == ".cram":
    extra += " --output-format cram"
if str(snakemake.output.get("vcf", "")).endswith(".bcf"):
    extra += " --vcf-format bcf"
if snakemake.output.get("gvcf") and "--gvcf" not in extra.split():
    extra += " --gvcf"
if snakemake.input.get("regions"):
    extra += f" --regions {quote(str(snakemake.input.regions))}"
ref, out_dir, sample = quote(str(snakemake.input.ref)), quote(str(bam.parent)), quote(sample)
reads, index, memory, tmp_dir = reads(), index(), memory(), quote(str(snakemake.resources.tmpdir))

shell(
    "rihla germline --ref {ref} {index} {reads} --sample {sample} --out-dir {out_dir}"
    " --threads {snakemake.threads} {memory} --tmp-dir {tmp_dir} {extra} {log}"
)
