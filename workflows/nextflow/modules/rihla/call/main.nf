process RIHLA_CALL {
    tag "$meta.id"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "rihla:0.1.0"

    input:
    tuple val(meta), path(alignments), path(alignments_index), path(bed)
    tuple val(meta2), path(fasta), path(index)
    path regions

    output:
    tuple val(meta), path("${prefix}.vcf.gz"), path("${prefix}.vcf.gz.tbi"), emit: vcf
    tuple val(meta), path("${prefix}.g.vcf.gz"), path("${prefix}.g.vcf.gz.tbi"), emit: gvcf
    tuple val("${task.process}"), val('rihla'), eval("rihla --version | sed 's/rihla //'"), topic: versions, emit: versions_rihla

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    def part_args = bed ? "--part ${bed}" : ''
    prefix = task.ext.prefix ?: (bed ? "${meta.id}.${bed.baseName}" : "${meta.id}")
    def region_args = regions ? "--regions ${regions}" : ''
    // Beside the mapped index.
    def memory = task.memory ? "--memory ${Math.max((task.memory.toMega() - (index.size() >> 20)) as long, 512L)}M" : ''
    """
    rihla call --ref ${fasta} --index ${index} --bam ${alignments} --out ${prefix}.vcf.gz --gvcf ${prefix}.g.vcf.gz \\
        --threads ${task.cpus} ${memory} ${part_args} ${region_args} ${args}
    """

    stub:
    prefix = task.ext.prefix ?: (bed ? "${meta.id}.${bed.baseName}" : "${meta.id}")
    """
    for file in ${prefix}.vcf.gz ${prefix}.g.vcf.gz; do
        echo | gzip > \$file
        touch \$file.tbi
    done
    """
}
