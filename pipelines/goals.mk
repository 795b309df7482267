# What can be asked of an experiment; included at the end of pipelines/NAME.mk.

# What is wrong with the profile has been said when make comes here.
profile:
	@:

data: $(sets)
model: $(model)
edits: $(logs)
metrics: $(tables)
tables: $(figures)
pictures: $(pictures)
all: tables $(if $(shell command -v gnuplot),pictures)

report:
	@echo "$(task):" && cat $(FIGURES)/summary.txt
	@$(if $(wildcard $(pictures)),,echo "No pictures: gnuplot is not there; make figures installs it and draws them.")
