# The embedded default: data written for this project, and models trained on it. Minutes on two cores.

# The seed of data and models, and those of the editors' runs; each draws a stream of its own where streams are drawn.
SEED ?= 0
SEEDS ?= $(SEED)

# More options of `stream-edit` for GRACE, and of `plot-data`.
EDIT ?=
PLOT ?=

# The compared editors, with options of their own. MEND's hypernetwork, of which a step costs the most, takes few.
EDITORS ?= mend memory defer finetune
OPTIONS.mend ?= --steps 20

ifeq ($(EXPERIMENT),zsre)

# The facts, the question phrasings, and how many phrasings of an upstream fact the model is trained on.
FACTS ?= data/facts.tsv
QUESTIONS ?= data/questions.tsv
PHRASINGS ?= 10

# Training: the questions (all), and the options of `pretrain qa`. Four encoder and four decoder blocks.
TRAINING ?= --all
PRETRAIN ?= --steps 1500 --text-share 0.2

# The sets: 1,000 upstream questions, and the stream of edits with what is held out.
UPSTREAM ?= --count 1000
SPLIT ?= --split generalization --questions 80

# GRACE at these encoder blocks with these radii; the compared editors at the last block, as in the paper.
BLOCKS ?= 0 1 3
RADII ?= 0.1 1 2 4
COMPARED_BLOCK ?= 3

# The compared editors are scored every 20 edits. A coarse grid of learning rates; `make sweep` has the whole one.
COMPARED ?= --snapshot-every 20
RATES ?=
$(foreach editor,finetune finetune-ewc finetune-retrain,$(eval RATES.$(editor) ?= $(or $(RATES),1e-3 1e-4)))
RATES.mend ?= $(or $(RATES),1e-4)
RATES.defer ?= $(or $(RATES),1e-1)
RATES.memory ?= $(or $(RATES),1e-1)

else ifeq ($(EXPERIMENT),scotus)

# The vocabulary of the opinions, and how many there are.
OPINIONS ?= data/opinions
DOCUMENTS ?=
# The classes, how many documents are used, and how many tokens of each.
LABELS ?= scdb14
SETS ?=
TOKENS ?=

# A small BERT from scratch.
BERT ?=
PRETRAIN ?=

# Its last layer, as in the paper, and the radii of Table 1.
LAYER ?= bert.encoder.layer.1.output.dense
RADII ?= 0.1 0.5 1 2

# The compared editors with the learning rates of the appendix.
COMPARED ?=
RATES ?= 1e-1 1e-2 1e-3 1e-4 1e-5
$(foreach editor,$(EDITORS),$(eval RATES.$(editor) ?= $(RATES)))

else ifeq ($(EXPERIMENT),synthetic)

POINTS ?=
PRETRAIN ?=

# The first layer, so that the paper's radius is a distance between the points themselves.
LAYER ?= layers.0
RADIUS ?= 0.45
FINETUNE ?=

endif
