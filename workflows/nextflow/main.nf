#!/usr/bin/env nextflow
// From a sample sheet (nf-core's: sample,fastq_1,fastq_2) to BAM, VCF and gVCF of every sample and the page of the batch. With
// --parts N the calls of each sample are made in N jobs and gathered (docs/pipelines.md).
nextflow.enable.dsl = 2
// Of use up to 25.03; later it is so without.
nextflow.preview.topic = true

include { RIHLA_INDEX                  } from './modules/rihla/index/main'
include { RIHLA_GERMLINE               } from './modules/rihla/germline/main'
include { RIHLA_REPORT                 } from './modules/rihla/report/main'
include { RIHLA_ALIGN                  } from './modules/rihla/align/main'
include { RIHLA_SCATTER                } from './modules/rihla/scatter/main'
include { RIHLA_CALL                   } from './modules/rihla/call/main'
include { RIHLA_GATHER                 } from './modules/rihla/gather/main'
include { RIHLA_GATHER as GATHER_GVCF  } from './modules/rihla/gather/main'

// A relative path is looked for from here, then from the sheet's folder.
def near_sheet(sheet, name) {
    def here = file(name)
    return here.exists() ? here : file("${sheet.parent}/${name}", checkIfExists: true)
}

workflow {
    def sheet = file(params.input, checkIfExists: true)
    def fasta = file(params.fasta, checkIfExists: true)
    def reference = [id: fasta.baseName]

    // Lanes of a sample in the order of the sheet.
    def lanes = [:]
    sheet.splitCsv(header: true).each { row ->
        lanes.get(row.sample, []) << [row.fastq_1, row.fastq_2].findAll().collect { name -> near_sheet(sheet, name) }
    }
    def samples = Channel.fromList(lanes.collect { sample, files -> [[id: sample, single_end: files[0].size() == 1], files.flatten()] })

    if (params.index) {
        indexed = Channel.value([reference, fasta, file(params.index, checkIfExists: true)])
    }
    else {
        RIHLA_INDEX([reference, fasta])
        indexed = RIHLA_INDEX.out.index.map { meta, index -> [meta, fasta, index] }
    }

    if (params.parts > 1) {
        RIHLA_ALIGN(samples, indexed)
        RIHLA_SCATTER(RIHLA_ALIGN.out.alignments, indexed, params.parts)
        def parts = RIHLA_ALIGN.out.alignments.join(RIHLA_SCATTER.out.beds)
            .flatMap { meta, alignments, index, beds -> [beds].flatten().collect { bed -> [meta, alignments, index, bed] } }
        RIHLA_CALL(parts, indexed, params.regions ? file(params.regions, checkIfExists: true) : [])
        RIHLA_GATHER(RIHLA_CALL.out.vcf.map { meta, vcf, _tbi -> [meta, vcf] }.groupTuple(size: params.parts))
        GATHER_GVCF(RIHLA_CALL.out.gvcf.map { meta, gvcf, _tbi -> [meta, gvcf] }.groupTuple(size: params.parts))
    }
    else {
        RIHLA_GERMLINE(samples, indexed, params.regions ? file(params.regions, checkIfExists: true) : [])
        RIHLA_REPORT(RIHLA_GERMLINE.out.metrics.map { _meta, metrics -> metrics }.collect(sort: { it.name }).map { metrics -> [[id: 'batch'], metrics] })
    }

    Channel.topic('versions')
        .map { process, tool, version -> "${process.tokenize(':').last()}: {${tool}: ${version}}" }
        .unique()
        .collectFile(name: 'versions.yml', storeDir: params.outdir, newLine: true, sort: true)
}
