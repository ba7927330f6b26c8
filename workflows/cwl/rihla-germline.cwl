cwlVersion: v1.2
class: CommandLineTool
id: rihla-germline
label: FASTQ, BAM or CRAM of one sample to BAM, VCF, gVCF, metrics and a report
doc: |
  `rihla germline`: aligns, sorts, marks duplicates and calls small germline variants of one sample. Exit code 143 is a job that
  was ended by the system and may be tried again; 65 and 66 are faults of the inputs.
baseCommand: [rihla, germline]
requirements:
  # Links beside each other, so that the index is found by the reference's name.
  InitialWorkDirRequirement:
    listing:
      - $(inputs.reference)
  InlineJavascriptRequirement: {}
  ResourceRequirement:
    coresMin: $(inputs.threads)
    # The mapped index, and the memory that the program stays below.
    ramMin: $(inputs.memory_mb + Math.ceil(inputs.reference.secondaryFiles[0].size / 1048576))
hints:
  SoftwareRequirement:
    packages:
      rihla:
        version: ["0.1.0"]
inputs:
  reference:
    type: File
    doc: FASTA (plain, gzip or bgzip) and the index of rihla index
    secondaryFiles: [.rhx]
    inputBinding: {prefix: --ref, valueFrom: $(self.basename)}
  reads_1:
    type: File[]
    doc: The reads' first ends, or BAM or CRAM, a file for each lane
  reads_2:
    type: File[]?
    doc: The second ends, in the same order
  sample:
    type: string
    inputBinding: {prefix: --sample}
  gvcf:
    type: boolean
    default: true
    inputBinding: {prefix: --gvcf}
  cram:
    type: boolean
    default: false
    doc: CRAM in place of BAM
    inputBinding:
      valueFrom: '$(self ? ["--output-format", "cram"] : null)'
  regions:
    type: File?
    doc: BED of where to call
    inputBinding: {prefix: --regions}
  alleles:
    type: File?
    doc: VCF of alleles that are judged in any case
    inputBinding: {prefix: --alleles}
  resume:
    type: string?
    doc: A folder that outlives the job, in which finished work is kept until it is done
    inputBinding: {prefix: --resume=, separate: false}
  threads:
    type: int
    default: 8
    inputBinding: {prefix: --threads}
  memory_mb:
    type: int
    default: 8000
    inputBinding: {prefix: --memory, valueFrom: $(self)M}
arguments:
  # Each lane has a --reads of its own.
  - valueFrom: |
      ${
        var args = [];
        for (var lane = 0; lane < inputs.reads_1.length; lane++) {
          args.push("--reads", inputs.reads_1[lane].path);
          if (inputs.reads_2) {
            args.push(inputs.reads_2[lane].path);
          }
        }
        return args;
      }
  - prefix: --out-dir
    valueFrom: out
  - prefix: --tmp-dir
    valueFrom: $(runtime.tmpdir)
outputs:
  alignments:
    type: File
    secondaryFiles: [.bai?, .crai?, .csi?]
    outputBinding: {glob: ["out/$(inputs.sample).bam", "out/$(inputs.sample).cram"]}
  vcf:
    type: File
    secondaryFiles: [.tbi?, .csi?]
    outputBinding: {glob: out/$(inputs.sample).vcf.gz}
  gvcf_file:
    type: File?
    secondaryFiles: [.tbi?, .csi?]
    outputBinding: {glob: out/$(inputs.sample).g.vcf.gz}
  metrics:
    type: File
    outputBinding: {glob: out/$(inputs.sample).metrics.json}
  report:
    type: File
    outputBinding: {glob: out/$(inputs.sample).report.html}
  manifest:
    type: File
    outputBinding: {glob: out/$(inputs.sample).manifest.json}
permanentFailCodes: [1, 2, 65, 66, 70, 73, 74]
temporaryFailCodes: [143]
