# The commands of the project; `make help` lists them. What a pipeline does stands in pipelines/.
#
# Variables are given on the command line, for example `make pipeline PROFILE=mini JOBS=4`.

# What a pipeline runs on: pipelines/profiles/PROFILE.mk.
PROFILE ?= mini
# The experiments: pipelines/NAME.mk for each NAME. Those whose real files are named; else all of them.
PIPELINE ?= $(or $(strip $(if $(ZSRE)$(NQ),zsre) $(if $(SCOTUS),scotus)),synthetic scotus zsre)
# How many stages of a pipeline run at once.
JOBS ?= $(or $(patsubst -j%,%,$(filter -j%,$(MAKEFLAGS))),$(shell nproc))
# The Swift toolchain's command.
SWIFT ?= swift
# More options for `swift build` and `swift test`, for example SWIFT_FLAGS='--jobs 1'.
SWIFT_FLAGS ?=
# Options for running the tests, for example TEST_FLAGS='--filter EditingTests'. Quiet shows failures only.
TEST_FLAGS ?= --quiet
# Debian packages that the build needs; PACKAGES= skips the check.
PACKAGES ?= libopenblas-dev libarchive-dev zlib1g-dev libsentencepiece-dev pkg-config g++
# The benchmarks of `make bench`: Benchmarks/NAME.py; and options that all of them have, for example
# BENCH_FLAGS='--wait 900'.
BENCHMARKS ?= bench experiment bert_train bert_edit retrieval startup scaling
BENCH_FLAGS ?=
# The instruction set to compile for, if not this machine's: GRACE_MARCH=x86-64-v3. Read by Package.swift.
ifdef GRACE_MARCH
export GRACE_MARCH
endif

# The tools and their tests are one build: `swift test` compiles modules with -enable-testing, so the tools are built
# with it too, and nothing is compiled twice when both are wanted.
SWIFT_OPTIONS = -c release -Xswiftc -enable-testing $(SWIFT_FLAGS)

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.PHONY: help packages build test profile pipeline sweep report figures bench format lint clean distclean

# $(call experiments,GOALS): makes them in each experiment. Variables of the command line reach it through MAKEFLAGS; -j
# must not be given twice.
experiment_make = $(MAKE) --no-print-directory -f pipelines/$(1).mk PROFILE=$(PROFILE) JOBS=$(JOBS) \
	$(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))
experiments = for experiment in $(PIPELINE); do $(call experiment_make,$$experiment) $(1); done
figure_folders = $(patsubst %/,%,$(sort $(dir $(wildcard runs/$(PROFILE)/figures/*/summary.tsv))))

help:  ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo "Variables: PROFILE=$(PROFILE) JOBS=$(JOBS) SWIFT_FLAGS= GRACE_MARCH=, and those of pipelines/profiles/*.mk"

packages:  ## Install the Debian packages that the build needs, where they are missing
	@pipelines/packages.sh $(PACKAGES)

build: packages  ## Build the tools into .build/release
	$(SWIFT) build $(SWIFT_OPTIONS)

test: packages  ## Build and run all tests
	$(SWIFT) build $(SWIFT_OPTIONS) --build-tests
	$(SWIFT) test $(SWIFT_OPTIONS) --disable-testable-imports --skip-build --disable-xctest $(TEST_FLAGS)

# Fails early, before the build, on what is wrong with the profile.
profile:
	+@$(call experiments,profile)

pipeline: profile build  ## Run the experiments of PROFILE into runs/PROFILE and print what they show
	+@begin=$$SECONDS; for experiment in $(PIPELINE); do \
		if $(call experiment_make,$$experiment) --question all >/dev/null; then \
			echo "runs/$(PROFILE): $$experiment is up to date"; \
		else \
			start=$$SECONDS; $(call experiment_make,$$experiment) all; \
			echo "runs/$(PROFILE): $$experiment is done in $$((SECONDS - start)) s"; \
		fi; \
	done; echo "runs/$(PROFILE): all done in $$((SECONDS - begin)) s"
	+@$(call experiments,report)

sweep: profile build  ## Run the whole grid of editors and learning rates over three seeds
	+@$(MAKE) --no-print-directory pipeline PACKAGES= SEEDS="$(or $(SEEDS),0 1 2)" \
		RATES="$(or $(RATES),1e-1 1e-2 1e-3 1e-4 1e-5)"

report:  ## Gather the pictures, tables, settings and times of the last run in runs/PROFILE/report.html
	@$(if $(figure_folders),,echo "runs/$(PROFILE): nothing to report yet; run make pipeline first" >&2; exit 1)
	.build/release/plot-data report --figures $(figure_folders) --runs runs/$(PROFILE) --output runs/$(PROFILE)/report.html

figures: profile build  ## Install gnuplot where it is missing and draw the pictures afresh
	@pipelines/packages.sh gnuplot-nox
	@rm -f runs/$(PROFILE)/figures/*/*.svg runs/$(PROFILE)/figures/*/*.png
	+@$(call experiments,pictures)

bench: build  ## Time everything beside PyTorch and FAISS on a quiet machine, into Benchmarks/results
	@pipelines/packages.sh python3-venv
	for benchmark in $(BENCHMARKS); do python3 Benchmarks/$$benchmark.py $(BENCH_FLAGS); done

format:  ## Format the Swift sources
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

lint:  ## Check the format of the Swift sources
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

clean:  ## Delete what the pipeline wrote for PROFILE
	rm -rf runs/$(or $(PROFILE),mini)

distclean:  ## Delete everything that was built or written
	rm -rf runs .build
