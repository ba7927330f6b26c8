process RIHLA_REPORT {
    tag "$meta.id"
    label 'process_single'

    conda "${moduleDir}/environment.yml"
    container "rihla:0.1.0"

    input:
    tuple val(meta), path(metrics)

    output:
    tuple val(meta), path("${prefix}.report.html"), emit: html
    tuple val("${task.process}"), val('rihla'), eval("rihla --version | sed 's/rihla //'"), topic: versions, emit: versions_rihla

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    rihla report ${metrics} --out ${prefix}.report.html ${args}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.report.html
    """
}
