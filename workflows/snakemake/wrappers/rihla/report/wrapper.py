__author__ = "The Rihla authors"
__copyright__ = "Copyright 2026, the Rihla authors"
__license__ = "MIT"

from shlex import quote

from snakemake.shell import shell

log = snakemake.log_fmt_shell(stdout=True, stderr=True)
extra = snakemake.params.get("extra", "")
metrics = snakemake.input.metrics
metrics = " ".join(quote(path) for path in ([metrics] if isinstance(metrics, str) else metrics))
out = quote(str(snakemake.output.html))

shell("rihla report {metrics} --out {out} {extra} {log}")
