__author__ = "The Rihla authors"
__copyright__ = "Copyright 2026, the Rihla authors"
__license__ = "MIT"

from pathlib import Path
from shlex import quote

from snakemake.shell import shell

log = snakemake.log_fmt_shell(stdout=True, stderr=True)
extra = snakemake.params.get("extra", "")

beds = snakemake.output.beds
beds = [beds] if isinstance(beds, str) else list(beds)
out_dir = Path(beds[0]).parent
wanted = [str(out_dir / f"part_{number:04}.bed") for number in range(1, len(beds) + 1)]
if sorted(beds) != wanted:
    raise ValueError(f"the outputs must be {wanted[0]} to {wanted[-1]}")
for name in ("index", "bam", "regions"):
    if snakemake.input.get(name):
        extra += f" --{name} {quote(str(snakemake.input.get(name)))}"
ref, out_dir, parts = quote(str(snakemake.input.ref)), quote(str(out_dir)), len(beds)

shell("rihla scatter --ref {ref} --parts {parts} --out-dir {out_dir} {extra} {log}")
