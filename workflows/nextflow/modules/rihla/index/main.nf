process RIHLA_INDEX {
    tag "$fasta"
    label 'process_medium'

    conda "${moduleDir}/environment.yml"
    container "rihla:0.1.0"

    input:
    tuple val(meta), path(fasta)

    output:
    tuple val(meta), path("${fasta}.rhx"), emit: index
    tuple val("${task.process}"), val('rihla'), eval("rihla --version | sed 's/rihla //'"), topic: versions, emit: versions_rihla

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    """
    rihla index ${fasta} --out ${fasta}.rhx --threads ${task.cpus} ${args}
    """

    stub:
    """
    touch ${fasta}.rhx
    """
}
