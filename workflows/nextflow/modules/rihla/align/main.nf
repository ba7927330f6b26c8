process RIHLA_ALIGN {
    tag "$meta.id"
    label 'process_high'

    conda "${moduleDir}/environment.yml"
    container "rihla:0.1.0"

    input:
    tuple val(meta), path(reads, stageAs: 'reads/?/*')
    tuple val(meta2), path(fasta), path(index)

    output:
    tuple val(meta), path("${prefix}.{bam,cram}"), path("${prefix}.*.{bai,csi,crai}"), emit: alignments
    tuple val("${task.process}"), val('rihla'), eval("rihla --version | sed 's/rihla //'"), topic: versions, emit: versions_rihla

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    prefix = task.ext.prefix ?: "${meta.id}"
    // A lane is a pair of files, or one file of single ends, BAM or CRAM.
    def lanes = (reads instanceof List ? reads : [reads]).collate(meta.single_end ? 1 : 2)
    def lane_args = lanes.collect { lane -> "--reads ${lane.join(' ')}" }.join(' ')
    def extension = args.contains('--output-format cram') ? 'cram' : 'bam'
    // Beside the mapped index.
    def memory = task.memory ? "--memory ${Math.max((task.memory.toMega() - (index.size() >> 20)) as long, 512L)}M" : ''
    """
    rihla align --ref ${fasta} --index ${index} ${lane_args} --sample ${prefix} --out ${prefix}.${extension} \\
        --threads ${task.cpus} ${memory} --tmp-dir . ${args}
    """

    stub:
    prefix = task.ext.prefix ?: "${meta.id}"
    """
    touch ${prefix}.bam ${prefix}.bam.bai
    """
}
