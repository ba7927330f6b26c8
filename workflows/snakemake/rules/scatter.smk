# A deep sample on several machines: lanes aligned apart, calls made in parts. The files are those of one run (docs/scatter.md).


rule align_lane:
    input:
        ref=REF,
        index=INDEX,
        reads=lambda wildcards: LANES[wildcards.sample][int(wildcards.lane)],
    output:
        bam=temp("results/{sample}/lanes/{lane}.bam"),
    wildcard_constraints:
        sample=one_of(SCATTERED),
        lane=r"\d+",
    log:
        "logs/align/{sample}.{lane}.log",
    params:
        sample=lambda wildcards: wildcards.sample,
        # The order of the reads decides ties, as it does in a run on all lanes.
        extra="--order input " + config["extra"]["align"],
    threads: config["threads"]
    retries: config["retries"]
    resources:
        mem_mb=config["mem_mb"],
        runtime=config["runtime"],
    wrapper:
        WRAPPERS + "align"


rule join_lanes:
    input:
        ref=REF,
        index=INDEX,
        bams=lambda wildcards: [
            f"results/{wildcards.sample}/lanes/{lane}.bam" for lane in range(len(LANES[wildcards.sample]))
        ],
    output:
        bam="results/{sample}/{sample}.bam",
        bai="results/{sample}/{sample}.bam.bai",
    wildcard_constraints:
        sample=one_of(SCATTERED),
    log:
        "logs/join/{sample}.log",
    params:
        extra="--resume",
    threads: config["threads"]
    retries: config["retries"]
    resources:
        mem_mb=config["mem_mb"],
        runtime=config["runtime"],
    wrapper:
        WRAPPERS + "align"


def part_names(wildcards):
    return [f"{number:04}" for number in range(1, config["scatter"][wildcards.sample] + 1)]


def parts_of(ending):
    return lambda wildcards: [
        f"results/{wildcards.sample}/parts/{number}{ending}" for number in part_names(wildcards)
    ]


# A rule each, as the number of its files is the sample's.
for sample in SCATTERED:

    rule:
        name:
            "scatter_" + re.sub(r"\W", "_", sample)
        input:
            ref=REF,
            index=INDEX,
            bam=f"results/{sample}/{sample}.bam",
            bai=f"results/{sample}/{sample}.bam.bai",
        output:
            beds=expand(
                "results/{sample}/beds/part_{number:04}.bed",
                sample=sample,
                number=range(1, config["scatter"][sample] + 1),
            ),
        log:
            f"logs/scatter/{sample}.log",
        wrapper:
            WRAPPERS + "scatter"


rule call_part:
    input:
        ref=REF,
        index=INDEX,
        bam="results/{sample}/{sample}.bam",
        bai="results/{sample}/{sample}.bam.bai",
        part="results/{sample}/beds/part_{number}.bed",
    output:
        vcf=temp("results/{sample}/parts/{number}.vcf.gz"),
        tbi=temp("results/{sample}/parts/{number}.vcf.gz.tbi"),
        gvcf=temp("results/{sample}/parts/{number}.g.vcf.gz"),
        gvcf_tbi=temp("results/{sample}/parts/{number}.g.vcf.gz.tbi"),
    wildcard_constraints:
        sample=one_of(SCATTERED),
        number=r"\d{4}",
    log:
        "logs/call/{sample}.{number}.log",
    params:
        extra=config["extra"]["call"],
    threads: config["threads"]
    retries: config["retries"]
    resources:
        mem_mb=config["mem_mb"],
        runtime=config["runtime"],
    wrapper:
        WRAPPERS + "call"


rule gather_vcf:
    input:
        parts=parts_of(".vcf.gz"),
    output:
        vcf="results/{sample}/{sample}.vcf.gz",
        tbi="results/{sample}/{sample}.vcf.gz.tbi",
    wildcard_constraints:
        sample=one_of(SCATTERED),
    log:
        "logs/gather/{sample}.vcf.log",
    wrapper:
        WRAPPERS + "gather"


use rule gather_vcf as gather_gvcf with:
    input:
        parts=parts_of(".g.vcf.gz"),
    output:
        vcf="results/{sample}/{sample}.g.vcf.gz",
        tbi="results/{sample}/{sample}.g.vcf.gz.tbi",
    log:
        "logs/gather/{sample}.gvcf.log",
