# What can be done in this checkout? `make help` lists it. Nothing is needed but git, make and Python >= 3.11.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON := .venv/bin/python
UV := .venv/bin/uv
STAMP := .venv/.setup-done
LOCK := requirements/dev.txt
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header $(UPGRADE)

.PHONY: help setup demo serve test check bench bench-mlflow lock format clean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 16

setup: $(STAMP) ## make .venv with everything that the lock file names

# uv itself comes through pip, pinned by hash; everything else through uv, pinned by hash.
$(UV): requirements/uv.txt
	@for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	    "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	        && found="$$python" && break; \
	done; \
	if [ -z "$$found" ]; then \
	    echo 'No Python >= 3.11 with venv and ensurepip was found. Install one (on Debian: python3 and python3-venv).' >&2; \
	    exit 1; \
	fi; \
	"$$found" -m venv .venv
	$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/uv.txt
	@touch $@

$(STAMP): $(UV) $(LOCK) pyproject.toml package-lock.json tools/scripts.py
	$(UV) pip sync --quiet --python $(PYTHON) --require-hashes $(LOCK)
	$(UV) pip install --quiet --python $(PYTHON) --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP) ## run the main job and its governance on real models, narrated, each step checked
	$(PYTHON) demo/main_job.py
	$(PYTHON) demo/governed.py

serve: $(STAMP) ## start a server on this machine and leave it running
	.venv/bin/holotype serve

test: $(STAMP) ## run every test on every backend, and in a browser
	$(PYTHON) tools/chromium.py
	$(PYTHON) -m pytest --numprocesses 3 --dist loadfile

check: $(STAMP) ## lint, format, types, import contracts, rules (at most a minute)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports --no-logo --no-cache
	$(PYTHON) -m pytest tests/rules -q

bench: $(STAMP) ## measure the budgets of docs/performance.md
	$(PYTHON) -m bench

bench-mlflow: $(STAMP) ## measure MLflow's clients against MLflow's own server, which it installs beside
	$(PYTHON) -m bench mlflow

format: $(STAMP) ## rewrite the source in the one format
	.venv/bin/ruff check --fix-only .
	.venv/bin/ruff format .

lock: $(UV) ## write the lock files anew (make lock UPGRADE=--upgrade takes newer versions)
	$(COMPILE) requirements/uv.in --output-file requirements/uv.txt
	$(COMPILE) pyproject.toml --extra server --group dev --output-file requirements/dev.txt
	$(COMPILE) pyproject.toml --extra server --constraint requirements/dev.txt --output-file requirements/server.txt
	$(COMPILE) pyproject.toml --constraint requirements/dev.txt --output-file requirements/client.txt
	for one in requirements/clients/*.in; do \
	    overrides=$${one%.in}.overrides; \
	    $(COMPILE) "$$one" $$(test -f "$$overrides" && echo "--override $$overrides") --output-file "$${one%.in}.txt"; \
	done

clean: ## remove what the other targets made
	rm -rf .venv node_modules src/holotype/web/static/vendor .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build dist
