__author__ = "The Rihla authors"
__copyright__ = "Copyright 2026, the Rihla authors"
__license__ = "MIT"

from shlex import quote

from snakemake.shell import shell

log = snakemake.log_fmt_shell(stdout=True, stderr=True)
extra = snakemake.params.get("extra", "")
ref, out = quote(str(snakemake.input.ref)), quote(str(snakemake.output.index))

shell("rihla index {ref} --out {out} --threads {snakemake.threads} {extra} {log}")
