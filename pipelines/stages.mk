# What the stages of every pipeline have in common; included by pipelines/*.mk, which the Makefile runs.
#
# A stage is a rule that runs one tool. It is run again when a file that it reads is newer than one that it writes,
# and when its command or the tool itself has changed: runs/PROFILE/.stages/NAME keeps the digest of the tool and
# its arguments. So a tool that was rebuilt to the same bytes redoes nothing, and a new value on the command line
# (RADII, STEPS, ...) redoes just what depends on it.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:

# Everything that is written is below.
RUN := runs/$(PROFILE)
# Where the tools are.
BIN ?= .build/release
# How many stages run at once, and with how many threads each of them (0: one for each core). No result depends on it.
JOBS ?= 1
THREADS ?= $(if $(filter 1,$(JOBS)),0,1)

$(foreach tool,prepare-data pretrain stream-edit evaluate plot-data,\
	$(eval digest.$(tool) := $(firstword $(shell sha256sum $(BIN)/$(tool) 2>/dev/null))))

# A prerequisite that is never up to date.
.PHONY: again

# $(call differ,A,B): something, unless the texts are the same.
differ = $(or $(subst x$(1)x,,x$(2)x),$(subst x$(2)x,,x$(1)x))
# $(call record,TOOL,ARGUMENTS): what is kept of a stage that was done.
record = $(strip $(1) $(digest.$(strip $(1))) $(2))
# $(call quoted,TEXT): the text as one word of the shell.
quoted = '$(subst ','\'',$(1))'

# $(call stage,NAME,OUTPUTS,INPUTS,TOOL,ARGUMENTS,OPTIONS,FOLDER): runs TOOL ARGUMENTS OPTIONS to make OUTPUTS.
#
# OPTIONS do not change the result and are not recorded. FOLDER, or files, are deleted before a stage that was once done is done
# again; after an interruption they are left, for the tool to go on with. Tools give a file its name when it is whole,
# so no output has to be deleted by make.
define stage
.PRECIOUS: $(2)
$(2) &: $(3) $(if $(call differ,$(call record,$(4),$(5)),$(strip $(file <$(RUN)/.stages/$(1)))),again)
	@mkdir -p $(RUN)/.stages $(sort $(dir $(2)))
	@rm -rf $$(if $$(wildcard $(RUN)/.stages/$(1)),$(7) $(RUN)/.stages/$(1))
	$(BIN)/$(strip $(4) $(5) $(6))
	@touch -c $(2)
	@printf '%s\n' $(call quoted,$(call record,$(4),$(5))) >$(RUN)/.stages/$(1)
endef
