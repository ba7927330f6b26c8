# Each sample a job; then the page of all, and what the truth says.


rule index:
    input:
        ref=REF,
    output:
        index=INDEX,
    log:
        "logs/index.log",
    threads: config["threads"]
    resources:
        mem_mb=config["mem_mb"],
        runtime=config["runtime"],
    wrapper:
        WRAPPERS + "index"


# The files have to be declared one by one: Snakemake empties a folder that is an output before it tries again, and with it
# the work that --resume has kept there.
rule germline:
    input:
        ref=REF,
        index=INDEX,
        sheet=SHEET,
        reads=lambda wildcards: [file for lane in LANES[wildcards.sample] for file in lane],
    output:
        bam="results/{sample}/{sample}.bam",
        bai="results/{sample}/{sample}.bam.bai",
        vcf="results/{sample}/{sample}.vcf.gz",
        tbi="results/{sample}/{sample}.vcf.gz.tbi",
        gvcf="results/{sample}/{sample}.g.vcf.gz",
        gvcf_tbi="results/{sample}/{sample}.g.vcf.gz.tbi",
        metrics="results/{sample}/{sample}.metrics.json",
        report="results/{sample}/{sample}.report.html",
        manifest="results/{sample}/{sample}.manifest.json",
    wildcard_constraints:
        sample=one_of(WHOLE),
    log:
        "logs/germline/{sample}.log",
    params:
        extra="--resume " + config["extra"]["germline"],
    threads: config["threads"]
    # A job that was killed goes on from what it had done.
    retries: config["retries"]
    resources:
        mem_mb=config["mem_mb"],
        runtime=config["runtime"],
    wrapper:
        WRAPPERS + "germline"


rule report:
    input:
        metrics=expand("results/{sample}/{sample}.metrics.json", sample=WHOLE),
    output:
        html="results/batch.report.html",
    log:
        "logs/report.log",
    params:
        extra=config["extra"]["report"],
    wrapper:
        WRAPPERS + "report"


rule compare:
    input:
        ref=REF,
        query="results/{sample}/{sample}.vcf.gz",
        truth=lambda wildcards: config["truth"][wildcards.sample]["vcf"],
        bed=lambda wildcards: config["truth"][wildcards.sample]["bed"],
    output:
        summary="results/{sample}/{sample}.truth.summary.csv",
        extended="results/{sample}/{sample}.truth.extended.csv",
    wildcard_constraints:
        sample=one_of(config["truth"]),
    log:
        "logs/compare/{sample}.log",
    params:
        extra=config["extra"]["compare"],
    threads: config["threads"]
    resources:
        mem_mb=config["mem_mb"],
        runtime=config["runtime"],
    wrapper:
        WRAPPERS + "compare"
