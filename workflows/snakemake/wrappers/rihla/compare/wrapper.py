__author__ = "The Rihla authors"
__copyright__ = "Copyright 2026, the Rihla authors"
__license__ = "MIT"

from shlex import quote

from snakemake.shell import shell

log = snakemake.log_fmt_shell(stdout=True, stderr=True)
extra = snakemake.params.get("extra", "")
summary = str(snakemake.output.summary)
prefix = summary.removesuffix(".summary.csv")
if prefix == summary:
    raise ValueError(f"{summary}: must end with .summary.csv")
paths = (snakemake.input.ref, snakemake.input.truth, snakemake.input.bed, snakemake.input.query, prefix)
ref, truth, bed, query, prefix = (quote(str(path)) for path in paths)

shell(
    "rihla compare --ref {ref} --truth {truth} --bed {bed} --query {query} --out-prefix {prefix}"
    " --threads {snakemake.threads} {extra} {log}"
)
