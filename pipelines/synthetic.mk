# Edit an MLP of two classes of points (paper, section 3.4, Figure 5): with GRACE, and by plain finetuning.
#
# The stages, all under runs/PROFILE/:
#   data/synthetic/      points: training, upstream, edits
#   models/synthetic/    the MLP
#   edits/synthetic/, metrics/synthetic/   an edit log of each editor, and its scores
#   predictions/synthetic/   what each editor's model says of the points and of a grid, and what the frozen model says
#   figures/synthetic/   the four panels, the decision surfaces, and what the illustration shows

EXPERIMENT := synthetic
task := synthetic
include pipelines/experiment.mk

# ---- Points and model ----

sets := $(call with-text,$(addprefix $(DATA)/,training.safetensors upstream.safetensors edits.safetensors))
$(eval $(call stage,points,$(sets),,prepare-data,synthetic $(POINTS) --seed $(SEED) --output $(DATA)))
upstream := $(DATA)/upstream.safetensors
stream := $(DATA)/edits.safetensors

MODEL := $(RUN)/models/synthetic
model := $(addprefix $(MODEL)/,config.json model.safetensors run.json)
$(eval $(call stage,pretrain-synthetic,$(model),$(sets),pretrain,\
	synthetic --input $(DATA) $(PRETRAIN) --seed $(SEED) --output $(MODEL),--threads 1 --overwrite,$(MODEL)))

# ---- The runs ----

$(eval $(call edit,grace,$(stream),,--layer $(LAYER) --radius $(RADIUS) --seed $(SEED),codebook.safetensors))
$(eval $(call edit,finetune,$(stream),,\
	--layer $(LAYER) --editor finetune $(FINETUNE) --snapshot-every 1 --seed $(SEED),editor.safetensors))

# ---- Predictions: of the points, and of a grid for the decision surface ----

PREDICTIONS := $(RUN)/predictions/synthetic
points := $(addprefix $(DATA)/,upstream.jsonl edits.jsonl)
grid := $(PREDICTIONS)/grid.jsonl
$(eval $(call stage,grid,$(grid),$(points),plot-data,surface-grid --points $(points) --output $(grid)))

# The states of the model: the edit log that each is of, and how it is asked for; and what is predicted.
states := none grace finetune
log.none := $(EDITS)/grace
step.none := --step 0
log.grace := $(EDITS)/grace
log.finetune := $(EDITS)/finetune
inputs.upstream := $(DATA)/upstream.jsonl
inputs.edits := $(DATA)/edits.jsonl
inputs.surface := $(grid)

# $(call predict,STATE,INPUTS)
predict = $(call stage,predict-$(1)-$(2),$(PREDICTIONS)/$(1)-$(2).jsonl,$(log.$(1))/run.json $(inputs.$(2)),evaluate,\
	--edits $(log.$(1)) --predict $(inputs.$(2)) $(step.$(1)) --output $(PREDICTIONS)/$(1)-$(2).jsonl,--threads 1)
$(foreach state,$(states),$(foreach inputs,upstream edits surface,$(eval $(call predict,$(state),$(inputs)))))

# ---- Figures ----

# $(call of-states,INPUTS): the predictions of all states as plot-data takes them.
of-states = $(foreach state,$(states),$(state)=$(PREDICTIONS)/$(state)-$(1).jsonl)
predictions := $(foreach inputs,upstream edits surface,$(foreach state,$(states),$(PREDICTIONS)/$(state)-$(inputs).jsonl))
figures := $(addprefix $(FIGURES)/,fig5_points.tsv fig5_surface.tsv summary.tsv summary.txt)
$(eval $(call stage,figures-synthetic,$(figures),$(predictions) $(tables),plot-data,\
	synthetic --upstream $(call of-states,upstream) --edits $(call of-states,edits) \
	--surface $(call of-states,surface) --metrics $(tables) --output $(FIGURES) > $(FIGURES)/summary.txt,,$(drawn)))
$(eval $(call picture,fig5,fig5.gp,fig5_points.tsv fig5_surface.tsv))

include pipelines/goals.mk
