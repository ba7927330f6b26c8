__author__ = "The Rihla authors"
__copyright__ = "Copyright 2026, the Rihla authors"
__license__ = "MIT"

from shlex import quote

from snakemake.shell import shell

log = snakemake.log_fmt_shell(stdout=True, stderr=True)
extra = snakemake.params.get("extra", "")
parts = snakemake.input.parts
parts = " ".join(quote(part) for part in ([parts] if isinstance(parts, str) else parts))
out = quote(str(snakemake.output.vcf))

shell("rihla gather --out {out} {extra} {parts} {log}")
