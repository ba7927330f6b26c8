#!/usr/bin/env python3
"""Prints the tables of scale.md: what one, 1,000 and 100,000 genomes take, from what was measured of a read and of a base.

    python3 docs/scale.py                          with the parameters below
    python3 docs/scale.py --cores-per-node 128 --eur-per-core-hour 0.01
    python3 docs/scale.py --help                   all parameters
"""

import argparse
import dataclasses
import sys


@dataclasses.dataclass
class Parameters:
    # What is sequenced.
    genomes: str = "1,1000,100000"
    depth: float = 30.0             # mean depth of raw reads
    genome_mb: float = 3100.0       # bases of the reference, in millions
    read_length: float = 150.0
    # Measured: scale.md says where.
    germline_us: float = 6.6        # CPU of germline, microseconds a read, small genome
    large_index_us: float = 3.8     # more for an index of human size, microseconds a read
    fastq_bytes: float = 95.8       # compressed, a read
    bam_bytes: float = 76.6         # a read
    cram_bytes: float = 38.5        # a read, version 3.1
    vcf_bytes_mb: float = 39_300.0  # compressed, a megabase
    gvcf_bytes_mb: float = 171_000.0
    spill_bytes: float = 115.0      # temporary, of each read that does not fit into memory
    held_bytes: float = 385.0       # memory, of each that does
    # Where it runs. `efficiency`: of the cores' time, what work takes; not measured, see scale.md.
    cores_per_node: float = 64.0
    threads: float = 16.0           # of a run
    memory_gb: float = 16.0         # --memory of a run
    index_gb: float = 5.6           # mapped once for all runs of a node
    efficiency: float = 0.8
    nodes: float = 10.0
    keep_months: float = 12.0
    network_gbit: float = 10.0      # into the cluster
    # Prices: put your own.
    eur_per_core_hour: float = 0.02
    eur_per_tb_month: float = 10.0


def one_genome(p):
    """What a genome takes."""
    reads = p.depth * p.genome_mb * 1e6 / p.read_length
    held = min(reads, p.memory_gb * 1e9 / p.held_bytes)
    return {
        "reads": reads,
        "core_hours": reads * (p.germline_us + p.large_index_us) / 1e6 / 3600,
        "fastq_gb": reads * p.fastq_bytes / 1e9,
        "bam_gb": reads * p.bam_bytes / 1e9,
        "cram_gb": reads * p.cram_bytes / 1e9,
        "vcf_gb": p.genome_mb * p.vcf_bytes_mb / 1e9,
        "gvcf_gb": p.genome_mb * p.gvcf_bytes_mb / 1e9,
        "spill_gb": (reads - held) * p.spill_bytes / 1e9,
    }


def many(p, count):
    """What so many take."""
    one = one_genome(p)
    core_hours = count * one["core_hours"]
    kept_tb = count * (one["cram_gb"] + one["gvcf_gb"] + one["vcf_gb"]) / 1e3
    # A run does not go faster than its threads, however many nodes there are.
    least_hours = one["core_hours"] / p.threads / p.efficiency
    return {
        "core_hours": core_hours,
        "node_hours": core_hours / p.cores_per_node / p.efficiency,
        "wall_hours": max(core_hours / p.cores_per_node / p.efficiency / p.nodes, least_hours),
        "in_tb": count * one["fastq_gb"] / 1e3,
        "bam_tb": count * one["bam_gb"] / 1e3,
        "cram_tb": count * one["cram_gb"] / 1e3,
        "gvcf_tb": count * one["gvcf_gb"] / 1e3,
        "kept_tb": kept_tb,
        "network_hours": count * one["fastq_gb"] * 8 / p.network_gbit / 3600,
        "compute_eur": core_hours / p.efficiency * p.eur_per_core_hour,
        "storage_eur": kept_tb * p.keep_months * p.eur_per_tb_month,
    }


def figure(value):
    """Three digits, in groups."""
    if value == 0:
        return "0"
    if value >= 100:
        digits = len(str(int(value)))
        return f"{round(value, -(digits - 3)):,.0f}"
    return f"{value:.3g}"


def tables(p):
    one = one_genome(p)
    rows = [
        ("reads", "depth x bases / length", one["reads"] / 1e6, "million"),
        ("CPU", "reads x us a read", one["core_hours"], "core-hours"),
        ("FASTQ", "reads x bytes", one["fastq_gb"], "GB"),
        ("BAM", "reads x bytes", one["bam_gb"], "GB"),
        ("CRAM 3.1", "reads x bytes", one["cram_gb"], "GB"),
        ("VCF", "megabases x bytes", one["vcf_gb"], "GB"),
        ("gVCF", "megabases x bytes", one["gvcf_gb"], "GB"),
        ("spilled", "reads beyond memory x bytes", one["spill_gb"], "GB"),
    ]
    lines = ["| of one genome | how | amount | |", "|---|---|---:|---|"]
    lines += [f"| {name} | {how} | {figure(value)} | {unit} |" for name, how, value, unit in rows]
    counts = [int(count) for count in p.genomes.split(",")]
    made = [many(p, count) for count in counts]
    lines += ["", "| genomes | " + " | ".join(f"{count:,}" for count in counts) + " |", "|---|" + "---:|" * len(counts)]
    for key, name in [
        ("core_hours", "core-hours of work"),
        ("node_hours", f"node-hours ({p.cores_per_node:g} cores, {p.efficiency:.0%} busy)"),
        ("wall_hours", f"hours on {p.nodes:g} nodes"),
        ("in_tb", "FASTQ in, TB"),
        ("network_hours", f"hours to bring it at {p.network_gbit:g} Gbit/s"),
        ("bam_tb", "as BAM, TB"),
        ("cram_tb", "as CRAM 3.1, TB"),
        ("gvcf_tb", "gVCF, TB"),
        ("kept_tb", "kept: CRAM, gVCF and VCF, TB"),
        ("compute_eur", f"EUR for cores at {p.eur_per_core_hour:g} an hour"),
        ("storage_eur", f"EUR to keep it {p.keep_months:g} months at {p.eur_per_tb_month:g} a TB and month"),
    ]:
        lines.append(f"| {name} | " + " | ".join(figure(row[key]) for row in made) + " |")
    runs = int(p.cores_per_node // p.threads)
    memory = runs * p.memory_gb + p.index_gb
    lines += ["", f"A node runs {runs} genomes at once, of {p.threads:g} threads each, in {memory:.1f} GB: "
              f"{runs} x {p.memory_gb:g} GB, and the index of {p.index_gb:g} GB once; temporary disk {runs * one['spill_gb']:.0f} GB."]
    return "\n".join(lines)


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for field in dataclasses.fields(Parameters):
        option = "--" + field.name.replace("_", "-")
        kind = str if field.name == "genomes" else float
        parser.add_argument(option, type=kind, default=field.default, metavar="VALUE", help=f"[{field.default}]")
    print(tables(Parameters(**vars(parser.parse_args(arguments)))))


if __name__ == "__main__":
    main(sys.argv[1:])
