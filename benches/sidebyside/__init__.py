"""Rihla beside its peers on the same data: CPU, wall, memory and accuracy as ratios, in Markdown.

Read in this order: cli (what is asked), sets (data), programs (who is there), measure (how a run is measured), steps
(what each program runs), measurement (a set, measured), views (its tables), results (files, documentation). Of aligners
alone: alignment (the jobs), mappers (what each is told), aligners (a set, measured), truths and placed (where reads belong,
where they are put), aligner_views (the tables).
"""
