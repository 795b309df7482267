# The embedded default: facts written for this project, and a T5 trained on some of them. Minutes on two cores.

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

# The sweep: encoder blocks and radii, and more options of `stream-edit`.
BLOCKS ?= 0 1 3
RADII ?= 0.1 1 2 4
EDIT ?=

# Options of `plot-data`, such as --fig4-radii.
PLOT ?=
SEED ?= 0
