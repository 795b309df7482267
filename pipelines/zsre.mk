# Edit a T5 question answerer over a stream of zsRE questions: GRACE over layers and radii, and beside it the editors that
# the paper compares it with (Figures 3a, 4, 6, 7 and 8).
#
# The stages, all under runs/PROFILE/:
#   data/qa/source/   the questions in their published layouts, from data/ (unless ZSRE and NQ name real files)
#   data/qa/text/     the questions to learn, and the stream's as text for the vocabulary (unless MODEL names a model)
#   models/qa/        a small T5, trained on upstream questions (unless MODEL names a model)
#   data/qa/          the sets as token ids: upstream, edits, holdout; a folder sSEED for each further seed
#   edits/qa/         an edit log for each layer and radius, and for each other editor and learning rate
#   metrics/qa/       the scores after every edit, for each of them
#   figures/qa/       tables, pictures, and what the runs show
#
# `make pipeline` runs this file; profiles/PROFILE.mk sets the variables.

EXPERIMENT := zsre
task := qa
include pipelines/experiment.mk

# ---- Questions ----

ifndef ZSRE
ZSRE := $(DATA)/source/zsre.jsonl
NQ := $(DATA)/source/nq.json
NAMES := $(DATA)/source/names.txt
$(eval $(call stage,facts,$(ZSRE) $(NQ) $(NAMES),$(FACTS) $(QUESTIONS),prepare-data,\
	facts --facts $(FACTS) --questions $(QUESTIONS) --phrasings $(PHRASINGS) --seed $(SEED) --output $(DATA)/source))
endif

# ---- Model ----

ifndef MODEL
MODEL := $(RUN)/models/qa
TEXT := $(DATA)/text

$(eval $(call stage,text-zsre,$(TEXT)/edits.jsonl,$(ZSRE),prepare-data,\
	zsre --input $(ZSRE) $(SPLIT) --seed $(SEED) --output $(TEXT)))
$(eval $(call stage,text-nq,$(TEXT)/training.jsonl,$(NQ),prepare-data,\
	nq --input $(NQ) $(TRAINING) --name training --seed $(SEED) --output $(TEXT)))
model := $(addprefix $(MODEL)/,config.json model.safetensors spiece.model run.json)
$(eval $(call stage,pretrain-qa,$(model),$(TEXT)/training.jsonl $(TEXT)/edits.jsonl $(NAMES),pretrain,\
	qa --input $(TEXT)/training.jsonl $(addprefix --text ,$(TEXT)/edits.jsonl $(NAMES)) $(PRETRAIN) --seed $(SEED) \
	--output $(MODEL),--threads 0 --overwrite,$(MODEL)))
else
model := $(wildcard $(addprefix $(MODEL)/,config.json spiece.model *.safetensors *.index.json *.bin))
ifeq ($(model),)
$(error MODEL=$(MODEL): no config.json or weights there; give the path of a Hugging Face folder of a T5)
endif
endif

# ---- Sets: token ids for the model, text for the scores ----

upstream := $(DATA)/upstream.safetensors
$(eval $(call stage,upstream,$(call with-text,$(upstream)),$(NQ) $(model),prepare-data,\
	nq --input $(NQ) $(UPSTREAM) --seed $(SEED) --tokenizer $(MODEL) --output $(DATA)))

# The stream and the holdout of a seed, which draws what is held out and in which order the rest streams in.
folder-of = $(DATA)$(if $(call of-seed,$(1)),/s$(1))
stream-of = $(call folder-of,$(1))/edits.safetensors
holdout-of = $(if $(findstring generalization,$(SPLIT)),$(call folder-of,$(1))/holdout.safetensors)
sets := $(call with-text,$(upstream))
define stream
$(call stage,edits$(call of-seed,$(1)),$(call with-text,$(call stream-of,$(1)) $(call holdout-of,$(1))),\
	$(ZSRE) $(model),prepare-data,\
	zsre --input $(ZSRE) $(SPLIT) --seed $(1) --tokenizer $(MODEL) --output $(call folder-of,$(1)))
sets += $(call with-text,$(call stream-of,$(1)) $(call holdout-of,$(1)))
endef
$(foreach seed,$(SEEDS),$(eval $(call stream,$(seed))))

# ---- The runs: GRACE at every layer with every radius, and the compared editors at one layer ----

layer = encoder.block.$(1).layer.1.DenseReluDense.wo
$(foreach seed,$(SEEDS),$(foreach block,$(BLOCKS),$(foreach radius,$(RADII),\
	$(eval $(call grace,block$(block),$(call layer,$(block)),$(radius),$(seed),$(call stream-of,$(seed)),$(call holdout-of,$(seed)))))))
$(foreach seed,$(SEEDS),$(foreach editor,$(EDITORS),$(foreach rate,$(RATES.$(editor)),\
	$(eval $(call compared,$(editor),$(call layer,$(COMPARED_BLOCK)),$(rate),$(seed),$(call stream-of,$(seed)),$(call holdout-of,$(seed)))))))

# ---- Figures ----

figures := $(addprefix $(FIGURES)/,fig3_qa.tsv fig4.tsv fig6_qa.tsv fig7_qa.tsv fig8.tsv table_best.tsv final.tsv \
	summary.tsv summary.txt)
$(eval $(call stage,figures-qa,$(figures),$(tables),plot-data,\
	--metrics $(tables) --output $(FIGURES) $(PLOT) > $(FIGURES)/summary.txt,,$(drawn)))
$(foreach figure,fig4 fig8,$(eval $(call picture,$(figure),$(figure).gp,$(figure).tsv)))
$(foreach figure,fig3 fig6 fig7,$(eval $(call picture,$(figure)_qa,$(figure).gp,$(figure)_qa.tsv)))

include pipelines/goals.mk
