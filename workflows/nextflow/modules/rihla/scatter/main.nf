process RIHLA_SCATTER {
    tag "$meta.id"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "rihla:0.1.0"

    input:
    tuple val(meta), path(alignments), path(alignments_index)
    tuple val(meta2), path(fasta), path(index)
    val parts

    output:
    tuple val(meta), path("beds/part_*.bed"), emit: beds
    tuple val("${task.process}"), val('rihla'), eval("rihla --version | sed 's/rihla //'"), topic: versions, emit: versions_rihla

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    """
    rihla scatter --ref ${fasta} --index ${index} --bam ${alignments} --parts ${parts} --out-dir beds ${args}
    """

    stub:
    """
    mkdir beds
    for number in \$(seq -f %04g ${parts}); do
        touch beds/part_\$number.bed
    done
    """
}
