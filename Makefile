# Everything runs in .venv, which is made from the pinned requirements with what any machine has: python3 and pip.
# `make help` lists the targets.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

UV_VERSION := 0.13.9
UV_VENV    := .lock-venv
UV_COMPILE := $(UV_VENV)/bin/uv pip compile --quiet --no-config --universal --python-version 3.11 \
              --generate-hashes --no-strip-extras --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

# What failed among thousands on a busy machine is run once more, alone; it fails the gate if it fails there, too.
ALONE := $(BIN)/python -m pytest --last-failed --last-failed-no-failures none --cov --cov-append --cov-report= \
         --ignore=tests/benchmarks

.DEFAULT_GOAL := help
.PHONY: help demo test lint format check bench soak mutants lock clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 16

demo: $(STAMP) ## sync a sample plan with the embedded tracker, in a folder of its own
	$(BIN)/plansync demo

test: $(STAMP) ## run the tests with branch coverage: core 100 %, all of plansync at least 90 %
	@rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n auto --dist worksteal --cov --cov-report= --ignore=tests/benchmarks || $(ALONE)
	$(BIN)/coverage report --include='plansync/core/*' --fail-under=100 --skip-covered
	$(BIN)/coverage report --fail-under=90 --skip-covered

lint: $(STAMP) ## format, lint rules, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## put the sources into their format, and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

check: lint test ## all gates

bench: $(STAMP) ## run the benchmarks, one after the other
	$(BIN)/python -m pytest -s -p no:xdist -p no:cacheprovider tests/benchmarks

DAYS ?= 14
MINUTES ?= 30

soak: $(STAMP) ## every fault and kill, long races, days of the service, stories: make soak DAYS=30 MINUTES=60
	SOAK_FAULTS=all $(BIN)/python -m pytest -n auto --dist worksteal tests/faults
	RACE_ROUNDS=200 $(BIN)/python -m pytest -s -p no:xdist -p no:cacheprovider tests/integration/test_eight_at_once.py
	SOAK_DAYS=$(DAYS) $(BIN)/python -m pytest -s -p no:xdist -p no:cacheprovider tests/soak
	SIMULATOR_MINUTES=$(MINUTES) $(BIN)/python -m pytest -s -p no:xdist -p no:cacheprovider tests/simulator

N ?= 100000
SEED ?= 0
FROM ?= 0

mutants: $(STAMP) ## read and sync plans with slips in them: make mutants N=100000 SEED=7
	MUTANTS=$(N) MUTANTS_SEED=$(SEED) MUTANTS_FROM=$(FROM) $(BIN)/python -m pytest -q -n auto --dist worksteal -p no:cacheprovider \
	  tests/properties/test_mutated_plans.py

# The pins only move when this is asked for; pyproject.toml holds the floors.
lock: ## choose the versions again and write requirements/*.txt, with hashes
	test -x $(UV_VENV)/bin/uv || { $(PYTHON) -m venv $(UV_VENV) && $(UV_VENV)/bin/pip install --quiet uv==$(UV_VERSION); }
	$(UV_COMPILE) --upgrade --all-extras pyproject.toml --output-file requirements/runtime.txt
	$(UV_COMPILE) --upgrade --all-extras --group dev --constraint requirements/runtime.txt pyproject.toml --output-file requirements/dev.txt
	$(UV_COMPILE) --upgrade --group build --constraint requirements/dev.txt --output-file requirements/build.txt

clean: ## remove everything that was made here
	rm -rf $(VENV) $(UV_VENV) build dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find plansync tests -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is newer than the pins and the project file, or the environment is brought up to date.
$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "plansync needs Python 3.11 or newer, and $(PYTHON) is $$($(PYTHON) --version 2>&1)." >&2; \
	  echo "Name another one: make PYTHON=/path/to/python3.11 ..." >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "$(PYTHON) -m venv $(VENV)"; $(PYTHON) -m venv --clear $(VENV); }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@
