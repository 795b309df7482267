# The paper's own experiment (Section 4.4, Figures 4 and 8), on its model and data, which you have to have:
#
#   make pipeline PROFILE=paper MODEL=.../t5-small-ssm-nq \
#       ZSRE=.../structured_zeroshot-dev-new_annotated_final.jsonl NQ=.../NQ-open.train.jsonl
#
# data/sources.tsv says where they are. The paths must be without spaces; the files may be inside an archive.

# A Hugging Face folder of a T5, the zsRE questions, and the Natural Questions.
MODEL ?=
ZSRE ?=
NQ ?=
$(foreach name,MODEL ZSRE NQ,$(if $($(name)),,$(error PROFILE=paper needs $(name)=PATH; see pipelines/profiles/paper.mk)))

# 1,000 upstream pairs; 1,000 questions with 10 rephrasings, half of them held out (Appendix B).
UPSTREAM ?= --count 1000
SPLIT ?= --split generalization

# Every encoder block of t5-small-ssm-nq; the radii between the paper's 0.1 and 10.
BLOCKS ?= 0 1 2 3 4 5 6 7
RADII ?= 0.1 0.5 1 2 3 6 10
EDIT ?=

PLOT ?=
SEED ?= 0
