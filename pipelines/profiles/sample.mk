# Real questions on a small machine: a T5 trained on 1,000 Natural Questions, edited over a stream of zsRE.
#
#   make pipeline PROFILE=sample ZSRE=.../zsre_dev_sample.jsonl NQ=.../nq_sample.json
#
# Any files in the layouts of data/sources.tsv will do. The paths must be without spaces.

# The zsRE questions, and the Natural Questions.
ZSRE ?=
NQ ?=
$(foreach name,ZSRE NQ,$(if $($(name)),,$(error PROFILE=sample needs $(name)=PATH; see pipelines/profiles/sample.mk)))

# Training on the very questions that are the upstream set: the same number, drawn by the same seed.
TRAINING ?= --count 1000
PRETRAIN ?= --steps 1500
UPSTREAM ?= --count 1000

# As many questions as there are with 10 rephrasings, up to the paper's 1,000.
SPLIT ?= --split generalization

BLOCKS ?= 0 1 3
RADII ?= 0.1 2 4
EDIT ?=

PLOT ?=
SEED ?= 0
