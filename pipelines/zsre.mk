# Edit a T5 question answerer over a stream of zsRE questions with GRACE (the paper's Figures 4 and 8).
#
# The stages, all under runs/PROFILE/:
#   data/source/   the questions in their published layouts, from data/ (unless ZSRE and NQ name real files)
#   data/text/     the questions to learn, and the stream's as text for the vocabulary (unless MODEL names a model)
#   models/qa/     a small T5, trained on upstream questions (unless MODEL names a model)
#   data/          the sets as token ids: upstream, edits, holdout
#   edits/qa/      an edit log for each layer and radius
#   metrics/qa/    the scores after every edit, for each of them
#   figures/       tables, pictures, and what the run shows
#
# `make pipeline` runs this file; profiles/PROFILE.mk sets the variables.

profiles := $(patsubst pipelines/profiles/%.mk,%,$(wildcard pipelines/profiles/*.mk))
ifeq ($(filter $(PROFILE),$(profiles)),)
$(error PROFILE=$(PROFILE): no such profile; there are: $(profiles))
endif
include pipelines/profiles/$(PROFILE).mk
include pipelines/stages.mk

DATA := $(RUN)/data
EDITS := $(RUN)/edits/qa
METRICS := $(RUN)/metrics/qa
FIGURES := $(RUN)/figures

.PHONY: profile data model edits metrics tables pictures report all

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
$(eval $(call stage,pretrain,$(model),$(TEXT)/training.jsonl $(TEXT)/edits.jsonl $(NAMES),pretrain,\
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
stream := $(DATA)/edits.safetensors
holdout := $(if $(findstring generalization,$(SPLIT)),$(DATA)/holdout.safetensors)
with-text = $(1) $(patsubst %.safetensors,%.jsonl,$(1))

$(eval $(call stage,upstream,$(call with-text,$(upstream)),$(NQ) $(model),prepare-data,\
	nq --input $(NQ) $(UPSTREAM) --seed $(SEED) --tokenizer $(MODEL) --output $(DATA)))
$(eval $(call stage,edits,$(call with-text,$(stream) $(holdout)),$(ZSRE) $(model),prepare-data,\
	zsre --input $(ZSRE) $(SPLIT) --seed $(SEED) --tokenizer $(MODEL) --output $(DATA)))

# ---- The sweep: every layer with every radius ----

# $(call run,BLOCK,RADIUS,FOLDER,TABLE): one run of the sweep.
define run
$(call stage,edit-block$(1)-r$(2),$(addprefix $(3)/,$(log)),$(stream) $(model),stream-edit,\
	--model $(MODEL) --stream $(stream) --layer encoder.block.$(1).layer.1.DenseReluDense.wo --radius $(2) \
	$(EDIT) --seed $(SEED) --output $(3),--overwrite --threads $(THREADS),$(3))
$(call stage,evaluate-block$(1)-r$(2),$(4),$(addprefix $(3)/,$(log)) $(sets),evaluate,\
	--edits $(3) --upstream $(upstream) $(addprefix --holdout ,$(holdout)) --output $(4),--threads $(THREADS))
logs += $(3)/run.json
tables += $(4)
endef

log := codebook.safetensors edits.tsv run.json
sets := $(call with-text,$(upstream) $(stream) $(holdout))
$(foreach block,$(BLOCKS),$(foreach radius,$(RADII),\
	$(eval $(call run,$(block),$(radius),$(EDITS)/block$(block)-r$(radius),$(METRICS)/block$(block)-r$(radius).tsv))))

# ---- Figures ----

figures := $(addprefix $(FIGURES)/,fig4.tsv fig8.tsv final.tsv summary.tsv)
$(eval $(call stage,figures,$(figures) $(FIGURES)/summary.txt,$(tables),plot-data,\
	--metrics $(tables) --output $(FIGURES) $(PLOT) > $(FIGURES)/summary.txt))

pictures := $(foreach figure,fig4 fig8,$(FIGURES)/$(figure).svg $(FIGURES)/$(figure).png)

# gnuplot writes both pictures of a table at once; they get their names when they are whole.
$(FIGURES)/%.svg $(FIGURES)/%.png: $(FIGURES)/%.tsv pipelines/%.gp pipelines/panels.gp
	gnuplot -c pipelines/$*.gp $< $(FIGURES)/.$*
	@mv $(FIGURES)/.$*.svg $(FIGURES)/$*.svg && mv $(FIGURES)/.$*.png $(FIGURES)/$*.png

# ---- What can be asked for ----

# What is wrong with the profile has been said when make comes here.
profile:
	@:

data: $(sets)
model: $(model)
edits: $(logs)
metrics: $(tables)
tables: $(figures) $(FIGURES)/summary.txt
pictures: $(pictures)
all: tables $(if $(shell command -v gnuplot),pictures)

report:
	@cat $(FIGURES)/summary.txt
	@$(if $(wildcard $(pictures)),,echo "No pictures: gnuplot is not there; make figures installs it and draws them.")
