# Everything a day with Parta needs. `make` alone lists it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
# Compiling is more than half of a program's start; kept, it is done once, whatever the environment says.
export PYTHONDONTWRITEBYTECODE :=

PYTHON ?= $(shell command -v python3.11 || echo python3)
VENV := .venv
JOBS ?= auto
ARGS ?=

# Only Babel reads the .po files of translators; the programs read what it makes of them.
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard services/*/translations/*/LC_MESSAGES/*.po) \
	$(wildcard shared/translations/*/LC_MESSAGES/*.po))
# `make run` installs the run-time packages alone, but never takes away those of a developer.
RUN_SET := $(if $(wildcard $(VENV)/.done),dev,run)

.PHONY: help
help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

.PHONY: run
run: $(VENV)/.run $(CATALOGUES) ## Serve a demonstration school; a second run keeps its data
	@exec deploy/parta up --demo --data var/school $(ARGS)

.PHONY: test
test: $(VENV)/.done $(CATALOGUES) ## Run every test, on private PostgreSQL, RabbitMQ and Chromium
	@tests/support/install.sh
	@$(VENV)/bin/pytest -n $(JOBS) $(ARGS)

.PHONY: sure
sure: lint test ## All that CI runs: format, lint, types, imports, migrations, tests

.PHONY: lint
lint: $(VENV)/.done $(CATALOGUES) ## Check format, lint, types, import contracts and migrations
	@$(VENV)/bin/ruff format --check --quiet . || { echo "Run make fix to format these."; exit 1; }
	@$(VENV)/bin/ruff check --quiet .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-logo
	@$(VENV)/bin/deptry . --no-ansi
	@$(VENV)/bin/vulture
	@deploy/parta migrate --check

.PHONY: fix
fix: $(VENV)/.done ## Format the code and repair what the linter can repair
	@$(VENV)/bin/ruff check --quiet --fix . || true
	@$(VENV)/bin/ruff format --quiet .

.PHONY: bench
bench: $(VENV)/.done $(CATALOGUES) ## Measure our paths against their limits, in one run
	@tests/support/install.sh
	@$(VENV)/bin/python -m tests.bench $(ARGS)

# Versions already in a lock stay; ARGS=--upgrade takes the newest that pyproject.toml allows.
COMPILE = $(VENV)/bin/uv pip compile --quiet --system-certs --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate $(ARGS)
.PHONY: lock
lock: $(VENV)/.done ## Renew the hashed requirement files from pyproject.toml
	@$(COMPILE) --extra all --group dev pyproject.toml -o requirements/dev.lock
	@$(COMPILE) --extra all -c requirements/dev.lock pyproject.toml -o requirements/run.lock
	@cut -d' ' -f1 requirements/uv.txt | grep '^uv==' | $(COMPILE) - -o requirements/uv.txt
	@! grep -n '://' requirements/*

# The environment. It needs python3.11 and pip, but neither python3-venv nor a compiler; uv
# installs in seconds what plain pip, the fallback, installs in minutes.
PIP = $(PYTHON) -m pip --python $(VENV)/bin/python --quiet --disable-pip-version-check install

$(VENV)/bin/python:
	@echo "Setting up the Python environment (once) …"
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || $(PYTHON) -m venv --without-pip $(VENV)

$(VENV)/.uv: requirements/uv.txt | $(VENV)/bin/python
	@$(PIP) --require-hashes -r $< || echo "Without uv: pip takes minutes, please wait."
	@touch $@

define install
	@echo "Installing the Python packages of $(1) …"
	@VIRTUAL_ENV=$(VENV) $(VENV)/bin/uv pip sync --quiet --system-certs --require-hashes $(1) \
	  || $(PIP) --require-hashes -r $(1)
	@ln -sf ../../deploy/parta $(VENV)/bin/parta
endef

$(VENV)/.run: requirements/$(RUN_SET).lock | $(VENV)/.uv
	$(call install,requirements/$(RUN_SET).lock)
	@touch $@

$(VENV)/.done: requirements/dev.lock | $(VENV)/.uv
	$(call install,requirements/dev.lock)
	@touch $(VENV)/.run $@

%.mo: %.po | $(VENV)/.run
	@$(VENV)/bin/pybabel --quiet compile --input-file $< --output-file $@
