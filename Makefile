# The commands of the project; `make help` lists them. What a pipeline does stands in pipelines/.
#
# Variables are given on the command line, for example `make pipeline PROFILE=mini JOBS=4`.

# What a pipeline runs on: pipelines/profiles/PROFILE.mk.
PROFILE ?= mini
# The experiment: pipelines/PIPELINE.mk.
PIPELINE ?= zsre
# How many stages of a pipeline run at once.
JOBS ?= $(or $(patsubst -j%,%,$(filter -j%,$(MAKEFLAGS))),$(shell nproc))
# The Swift toolchain's command.
SWIFT ?= swift
# More options for `swift build` and `swift test`, for example SWIFT_FLAGS='--jobs 1'.
SWIFT_FLAGS ?=
# Options for running the tests, for example TEST_FLAGS='--filter EditingTests'. Quiet shows failures only.
TEST_FLAGS ?= --quiet
# Debian packages that the build needs; PACKAGES= skips the check.
PACKAGES ?= libopenblas-dev libarchive-dev libsentencepiece-dev pkg-config g++
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
.PHONY: help packages build test profile pipeline sweep figures format lint clean distclean

# Variables of the command line reach the pipeline through MAKEFLAGS; -j must not be given twice.
pipeline_make = $(MAKE) --no-print-directory -f pipelines/$(PIPELINE).mk PROFILE=$(PROFILE) JOBS=$(JOBS) \
	$(if $(filter -j%,$(MAKEFLAGS)),,-j$(JOBS))

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
	+@$(pipeline_make) profile

pipeline: profile build  ## Run the whole experiment of PROFILE into runs/PROFILE and print what it shows
	+@if $(pipeline_make) --question all >/dev/null; then \
		echo "runs/$(PROFILE): all is up to date"; \
	else \
		SECONDS=0; $(pipeline_make) all; echo "runs/$(PROFILE): done in $$SECONDS s"; \
	fi
	+@$(pipeline_make) report

sweep: profile build  ## Run the experiment up to the metric tables, without figures
	+@$(pipeline_make) metrics

figures: profile build  ## Install gnuplot where it is missing and draw the pictures afresh
	@pipelines/packages.sh gnuplot-nox
	@rm -f runs/$(PROFILE)/figures/*.svg runs/$(PROFILE)/figures/*.png
	+@$(pipeline_make) pictures

format:  ## Format the Swift sources
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

lint:  ## Check the format of the Swift sources
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

clean:  ## Delete what the pipeline wrote for PROFILE
	rm -rf runs/$(or $(PROFILE),mini)

distclean:  ## Delete everything that was built or written
	rm -rf runs .build
