# The paper's own experiments on its models and data, which you have to have:
#
#   make pipeline PROFILE=paper MODEL=.../t5-small-ssm-nq \
#       ZSRE=.../structured_zeroshot-dev-new_annotated_final.jsonl NQ=.../NQ-open.train.jsonl
#   make pipeline PROFILE=paper SCOTUS=.../scotus.zip LABELS=fairlex11 BERT=.../bert-base-cased
#
# data/sources.tsv says where they are. The paths must be without spaces; the files may be inside an archive.

SEED ?= 0
SEEDS ?= $(SEED)
EDIT ?=
COMPARED ?=
PLOT ?=

# The compared editors with every learning rate of the appendix.
EDITORS ?= finetune mend defer memory
RATES ?= 1e-1 1e-2 1e-3 1e-4 1e-5
$(foreach editor,$(EDITORS),$(eval RATES.$(editor) ?= $(RATES)))

# $(call needed,VARIABLES)
needed = $(foreach name,$(1),$(if $($(name)),,$(error PROFILE=paper needs $(name)=PATH; see pipelines/profiles/paper.mk)))

ifeq ($(EXPERIMENT),zsre)

# A Hugging Face folder of a T5, the zsRE questions, and the Natural Questions.
MODEL ?=
ZSRE ?=
NQ ?=
$(call needed,MODEL ZSRE NQ)

# 1,000 upstream pairs; 1,000 questions with 10 rephrasings, half of them held out (Appendix B).
UPSTREAM ?= --count 1000
SPLIT ?= --split generalization

# Every encoder block of t5-small-ssm-nq; the radii between the paper's 0.1 and 10; the last block for the others.
BLOCKS ?= 0 1 2 3 4 5 6 7
RADII ?= 0.1 0.5 1 2 3 6 10
COMPARED_BLOCK ?= 7

else ifeq ($(EXPERIMENT),scotus)

# The opinions in FairLex's or LexGLUE's layout, their classes, and a Hugging Face folder of a BERT.
SCOTUS ?=
LABELS ?=
BERT ?=
$(call needed,SCOTUS LABELS BERT)
SETS ?=
TOKENS ?=
PRETRAIN ?= --epochs 4 --batch-size 8

LAYER ?= bert.encoder.layer.11.output.dense
RADII ?= 0.1 1 3 5 10

else
$(error PROFILE=paper has the experiments zsre and scotus; the synthetic one needs no files: PROFILE=mini)
endif
