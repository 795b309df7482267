# Real data on a small machine, without the paper's models.
#
#   make pipeline PROFILE=sample ZSRE=.../zsre_dev_sample.jsonl NQ=.../nq_sample.json
#   make pipeline PROFILE=sample SCOTUS=.../scotus_sample.zip LABELS=scdb14 BERT=.../all-MiniLM-L6-v2
#
# The first trains a T5 on 1,000 Natural Questions and edits it over a stream of zsRE; the second fine-tunes a small BERT and
# edits it over a stream of opinions. Any files in the layouts of data/sources.tsv will do. The paths must be without spaces.

SEED ?= 0
SEEDS ?= $(SEED)
EDIT ?=
COMPARED ?= --snapshot-every 50
PLOT ?=

# The compared editors and their learning rates; none by default.
EDITORS ?=
RATES ?= 1e-2 1e-3 1e-4
$(foreach editor,$(EDITORS),$(eval RATES.$(editor) ?= $(RATES)))

# $(call needed,VARIABLES)
needed = $(foreach name,$(1),$(if $($(name)),,$(error PROFILE=sample needs $(name)=PATH; see pipelines/profiles/sample.mk)))

ifeq ($(EXPERIMENT),zsre)

# The zsRE questions, and the Natural Questions.
ZSRE ?=
NQ ?=
$(call needed,ZSRE NQ)

# Training on the very questions that are the upstream set: the same number, drawn by the same seed.
TRAINING ?= --count 1000
PRETRAIN ?= --steps 1500
UPSTREAM ?= --count 1000

# As many questions as there are with 10 rephrasings, up to the paper's 1,000.
SPLIT ?= --split generalization

BLOCKS ?= 0 1 3
RADII ?= 0.1 2 4
COMPARED_BLOCK ?= 3

else ifeq ($(EXPERIMENT),scotus)

# The opinions, their classes, and a Hugging Face folder of a BERT of six layers.
SCOTUS ?=
LABELS ?=
BERT ?=
$(call needed,SCOTUS LABELS BERT)
SETS ?= --edit-count 1000
# Tokens of a document, in training and after it.
TOKENS ?= --max-length 256
PRETRAIN ?= --epochs 5 --batch-size 8 $(TOKENS) --learning-rate 2e-4

LAYER ?= bert.encoder.layer.5.output.dense
RADII ?= 0.1 2 4

else
$(error PROFILE=sample has the experiments zsre and scotus; the synthetic one needs no files: PROFILE=mini)
endif
