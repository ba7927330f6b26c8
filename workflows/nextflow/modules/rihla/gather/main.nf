process RIHLA_GATHER {
    tag "$meta.id"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "rihla:0.1.0"

    input:
    tuple val(meta), path(parts)

    output:
    tuple val(meta), path("${prefix}.${extension}"), path("${prefix}.${extension}.{tbi,csi}"), emit: vcf
    tuple val("${task.process}"), val('rihla'), eval("rihla --version | sed 's/rihla //'"), topic: versions, emit: versions_rihla

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    extension = parts[0].name.endsWith('.g.vcf.gz') ? 'g.vcf.gz' : 'vcf.gz'
    """
    rihla gather --out ${prefix}.${extension} ${args} ${parts}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    extension = parts[0].name.endsWith('.g.vcf.gz') ? 'g.vcf.gz' : 'vcf.gz'
    """
    echo | gzip > ${prefix}.${extension}
    touch ${prefix}.${extension}.tbi
    """
}
