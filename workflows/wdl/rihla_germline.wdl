version 1.0

# FASTQ, BAM or CRAM of one sample to BAM, VCF, gVCF, metrics and a report.
task rihla_germline {
  input {
    File reference
    # That of rihla index: REFERENCE.rhx
    File index
    String sample
    # The reads' first ends, or BAM or CRAM, a file for each lane; the second ends in the same order.
    Array[File]+ reads_1
    Array[File] reads_2 = []
    Boolean gvcf = true
    # BED of where to call
    File? regions
    # A folder that outlives the job, in which finished work is kept until it is done
    String? resume
    String extra = ""
    Int threads = 8
    # Beside the mapped index
    Int memory_mb = 8000
    Int disk_gb = 4 * ceil(size(reads_1, "GB") + size(reads_2, "GB")) + 20
    Int tries = 2
  }

  command <<<
    set -euo pipefail
    first=(~{sep=" " reads_1})
    second=(~{sep=" " reads_2})
    lanes=()
    for lane in "${!first[@]}"; do
      lanes+=(--reads "${first[$lane]}")
      [ ${#second[@]} -eq 0 ] || lanes+=("${second[$lane]}")
    done
    rihla germline --ref ~{reference} --index ~{index} "${lanes[@]}" --sample ~{sample} --out-dir out \
      --threads ~{threads} --memory ~{memory_mb}M ~{if gvcf then "--gvcf" else ""} \
      ~{"--regions " + regions} ~{"--resume=" + resume} ~{extra}
    rihla --version > version.txt
  >>>

  output {
    File bam = "out/~{sample}.bam"
    File bai = "out/~{sample}.bam.bai"
    File vcf = "out/~{sample}.vcf.gz"
    File tbi = "out/~{sample}.vcf.gz.tbi"
    File? gvcf_file = "out/~{sample}.g.vcf.gz"
    File? gvcf_tbi = "out/~{sample}.g.vcf.gz.tbi"
    File metrics = "out/~{sample}.metrics.json"
    File report = "out/~{sample}.report.html"
    File manifest = "out/~{sample}.manifest.json"
    String version = read_string("version.txt")
  }

  runtime {
    docker: "rihla:0.1.0"
    cpu: threads
    memory: "~{memory_mb + ceil(size(index, 'MiB'))} MiB"
    disks: "local-disk ~{disk_gb} SSD"
    maxRetries: tries
  }

  meta {
    description: "rihla germline: aligns, sorts, marks duplicates and calls small germline variants of one sample"
    license: "MIT"
  }
}

workflow germline {
  input {
    File reference
    File index
    String sample
    Array[File]+ reads_1
    Array[File] reads_2 = []
    Int threads = 8
    Int memory_mb = 8000
  }

  call rihla_germline {
    input:
      reference = reference,
      index = index,
      sample = sample,
      reads_1 = reads_1,
      reads_2 = reads_2,
      threads = threads,
      memory_mb = memory_mb
  }

  output {
    File bam = rihla_germline.bam
    File bai = rihla_germline.bai
    File vcf = rihla_germline.vcf
    File tbi = rihla_germline.tbi
    File? gvcf = rihla_germline.gvcf_file
    File metrics = rihla_germline.metrics
    File report = rihla_germline.report
    File manifest = rihla_germline.manifest
    String version = rihla_germline.version
  }
}
