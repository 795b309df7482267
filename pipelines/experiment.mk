# What the experiments have in common: profile, goals, and runs of editors with their scores. Included by
# pipelines/NAME.mk after `EXPERIMENT := NAME`; that file then sets, for the runs,
#
#   MODEL, model          the model's folder, and its files
#   upstream              the upstream set
#   EDITS, METRICS, FIGURES, task
#
# An experiment adds its edit logs to `logs`, its metric tables to `tables` and its pictures to `pictures`.

profiles := $(patsubst pipelines/profiles/%.mk,%,$(wildcard pipelines/profiles/*.mk))
ifeq ($(filter $(PROFILE),$(profiles)),)
$(error PROFILE=$(PROFILE): no such profile; there are: $(profiles))
endif
include pipelines/profiles/$(PROFILE).mk
include pipelines/stages.mk

# The compared editors that there are, with the options that make finetuning one that holds on to earlier edits.
compared-editors := finetune finetune-ewc finetune-retrain mend defer memory
OPTIONS.finetune-ewc ?= --ewc 10000
OPTIONS.finetune-retrain ?= --retrain-every 20
$(foreach editor,$(filter-out $(compared-editors),$(EDITORS)),\
	$(error EDITORS=$(editor): no such editor to compare with; there are: $(compared-editors)))

DATA := $(RUN)/data/$(task)
EDITS := $(RUN)/edits/$(task)
METRICS := $(RUN)/metrics/$(task)
FIGURES := $(RUN)/figures/$(task)

.PHONY: profile data model edits metrics tables pictures report all

# $(call with-text,SETS): the sets with the JSONL beside them.
with-text = $(1) $(patsubst %.safetensors,%.jsonl,$(1))

# What does not change the result of a run: threads, and the folder through which runs share passes of the frozen model and
# trained values.
SHARED = --threads $(THREADS) --cache $(RUN)/cache

# $(call edit,NAME,STREAM,HOLDOUT,OPTIONS,RECORD): a run of stream-edit over a stream and its scores: the edit log
# EDITS/NAME, whose record is RECORD, and the table METRICS/NAME.tsv. HOLDOUT may be empty.
define edit
$(call stage,$(task)-edit-$(1),$(addprefix $(EDITS)/$(1)/,$(5) edits.tsv run.json),$(2) $(model),stream-edit,\
	--model $(MODEL) --stream $(2) $(4) --output $(EDITS)/$(1),--overwrite $(SHARED),$(EDITS)/$(1))
$(call stage,$(task)-evaluate-$(1),$(METRICS)/$(1).tsv,\
	$(addprefix $(EDITS)/$(1)/,$(5) edits.tsv run.json) $(call with-text,$(upstream) $(2) $(3)),evaluate,\
	--edits $(EDITS)/$(1) --upstream $(upstream) $(addprefix --holdout ,$(3)) --output $(METRICS)/$(1).tsv,\
	$(SHARED))
logs += $(EDITS)/$(1)/run.json
tables += $(METRICS)/$(1).tsv
endef

# $(call of-seed,SEED): nothing for the first seed, -sSEED for the others: the end of a run's name.
of-seed = $(if $(filter-out $(firstword $(SEEDS)),$(1)),-s$(1))
# $(call grace,NAME,LAYER,RADIUS,SEED,STREAM,HOLDOUT)
grace = $(call edit,$(1)-r$(3)$(call of-seed,$(4)),$(5),$(6),\
	--layer $(2) --radius $(3) $(EDIT) --seed $(4),codebook.safetensors)
# $(call compared,EDITOR,LAYER,RATE,SEED,STREAM,HOLDOUT)
compared = $(call edit,$(1)-lr$(3)$(call of-seed,$(4)),$(5),$(6),\
	--layer $(2) --editor $(firstword $(subst -, ,$(1))) --learning-rate $(3) $(COMPARED) $(OPTIONS.$(1)) --seed $(4),editor.safetensors)

# What was drawn of earlier tables; without gnuplot it would stay beside new ones.
drawn = $(FIGURES)/*.svg $(FIGURES)/*.png
# $(call picture,NAME,SCRIPT,TABLES): NAME.svg and NAME.png, drawn by SCRIPT from TABLES of FIGURES. gnuplot writes
# both at once; they get their names when they are whole.
define picture
$(FIGURES)/$(1).svg $(FIGURES)/$(1).png &: $(addprefix $(FIGURES)/,$(3)) pipelines/$(2) \
		pipelines/editors.gp pipelines/panels.gp
	gnuplot -c pipelines/$(2) $(addprefix $(FIGURES)/,$(3)) $(FIGURES)/.$(1)
	@mv $(FIGURES)/.$(1).svg $(FIGURES)/$(1).svg && mv $(FIGURES)/.$(1).png $(FIGURES)/$(1).png
pictures += $(FIGURES)/$(1).svg $(FIGURES)/$(1).png
endef
