process RIHLA_GERMLINE {
    tag "$meta.id"
    label 'process_high'

    conda "${moduleDir}/environment.yml"
    container "rihla:0.1.0"

    input:
    tuple val(meta), path(reads, stageAs: 'reads/?/*')
    tuple val(meta2), path(fasta), path(index)
    path regions

    output:
    tuple val(meta), path("${prefix}.{bam,cram}"), path("${prefix}.*.{bai,csi,crai}"), emit: alignments
    tuple val(meta), path("${prefix}.vcf.gz"), path("${prefix}.vcf.gz.tbi"), emit: vcf
    tuple val(meta), path("${prefix}.g.vcf.gz"), path("${prefix}.g.vcf.gz.tbi"), emit: gvcf, optional: true
    tuple val(meta), path("${prefix}.metrics.json"), emit: metrics
    tuple val(meta), path("${prefix}.report.html"), emit: report
    tuple val(meta), path("${prefix}.manifest.json"), emit: manifest
    tuple val(meta), path("${prefix}.{*metrics,bam.flagstat,bam.idxstats,bam.stats,mosdepth.*,bcftools_stats.txt,duplicate_metrics.txt}"), emit: multiqc
    tuple val("${task.process}"), val('rihla'), eval("rihla --version | sed 's/rihla //'"), topic: versions, emit: versions_rihla

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    // A lane is a pair of files, or one file of single ends, BAM or CRAM.
    def lanes = (reads instanceof List ? reads : [reads]).collate(meta.single_end ? 1 : 2)
    def lane_args = lanes.collect { lane -> "--reads ${lane.join(' ')}" }.join(' ')
    def region_args = regions ? "--regions ${regions}" : ''
    // Beside the mapped index.
    def memory = task.memory ? "--memory ${Math.max((task.memory.toMega() - (index.size() >> 20)) as long, 512L)}M" : ''
    """
    rihla germline --ref ${fasta} --index ${index} ${lane_args} --sample ${prefix} --out-dir . \\
        --threads ${task.cpus} ${memory} --tmp-dir . ${region_args} ${args}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.bam ${prefix}.bam.bai ${prefix}.metrics.json ${prefix}.report.html ${prefix}.manifest.json ${prefix}.bam.stats
    echo | gzip > ${prefix}.vcf.gz
    touch ${prefix}.vcf.gz.tbi
    """
}
