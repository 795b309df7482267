# Edit a BERT classifier over a stream of court opinions whose labels have shifted: GRACE over radii, and beside it the
# editors that the paper compares it with (Table 1, Figures 3b, 6 and 7).
#
# The stages, all under runs/PROFILE/:
#   data/scotus/source/   opinions in FairLex's layout, generated from data/opinions (unless SCOTUS names real ones)
#   data/scotus/text/     the sets as text: training and upstream with merged labels, the stream with its own
#   models/scotus/        a small BERT trained from scratch, or the BERT of the folder BERT, fine-tuned
#   data/scotus/          the sets as token ids
#   edits/scotus/, metrics/scotus/, figures/scotus/   as of zsre.mk

EXPERIMENT := scotus
task := scotus
include pipelines/experiment.mk

# ---- Opinions ----

ifndef SCOTUS
SCOTUS := $(DATA)/source
source := $(addprefix $(SCOTUS)/,train.jsonl val.jsonl test.jsonl)
$(eval $(call stage,opinions,$(source),$(wildcard $(OPINIONS)/*.tsv),prepare-data,\
	opinions --vocabulary $(OPINIONS) $(DOCUMENTS) --seed $(SEED) --output $(SCOTUS)))
else
source := $(SCOTUS)
endif
prepare = scotus --input $(SCOTUS) --labels $(LABELS) $(SETS) --seed $(SEED)

# ---- Model ----

TEXT := $(DATA)/text
MODEL := $(RUN)/models/scotus
text := $(addprefix $(TEXT)/,training.jsonl upstream.jsonl labels.json)
$(eval $(call stage,text-scotus,$(text),$(source),prepare-data,$(prepare) --output $(TEXT)))
model := $(addprefix $(MODEL)/,config.json model.safetensors vocab.txt run.json)
$(eval $(call stage,pretrain-scotus,$(model),$(text),pretrain,\
	scotus --input $(TEXT) $(addprefix --model ,$(BERT)) $(PRETRAIN) --seed $(SEED) --output $(MODEL),\
	--threads 0 --overwrite,$(MODEL)))

# ---- Sets ----

upstream := $(DATA)/upstream.safetensors
stream := $(DATA)/edits.safetensors
sets := $(call with-text,$(upstream) $(stream))
$(eval $(call stage,sets-scotus,$(sets),$(source) $(model),prepare-data,\
	$(prepare) --tokenizer $(MODEL) $(TOKENS) --output $(DATA)))

# ---- The runs: GRACE with every radius, and the compared editors, at one layer ----

layer := $(addprefix --layer ,$(LAYER))
$(foreach seed,$(SEEDS),$(foreach radius,$(RADII),\
	$(eval $(call grace,grace,$(LAYER),$(radius),$(seed),$(stream)))))
$(foreach seed,$(SEEDS),$(foreach editor,$(EDITORS),$(foreach rate,$(RATES.$(editor)),\
	$(eval $(call compared,$(editor),$(LAYER),$(rate),$(seed),$(stream))))))

# ---- Figures ----

figures := $(addprefix $(FIGURES)/,fig3_scotus.tsv fig6_scotus.tsv fig7_scotus.tsv table1.tsv table_best.tsv \
	final.tsv summary.tsv summary.txt)
$(eval $(call stage,figures-scotus,$(figures),$(tables),plot-data,\
	--metrics $(tables) --output $(FIGURES) $(PLOT) > $(FIGURES)/summary.txt,,$(drawn)))
$(eval $(call picture,table1,table1.gp,table1.tsv))
$(foreach figure,fig3 fig6 fig7,$(eval $(call picture,$(figure)_scotus,$(figure).gp,$(figure)_scotus.tsv)))

include pipelines/goals.mk
