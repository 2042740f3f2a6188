# Maillage: see `make help`. Nothing here needs root, a compiler or a network once installed.
PORT ?= 8000
DATA ?= .data
export PORT DATA
# Each start of the program without its bytecode costs a second of compiling.
unexport PYTHONDONTWRITEBYTECODE

BIN := .venv/bin
STAMP := .venv/.installed
# Of these the suite asks a slice (tests/slices.py), as of tests/faults; LONG=FILE is one alone.
LONG ?= $(filter-out tests/slices.py tests/guards/% tests/faults/%,\
          $(shell grep -rlE '^from tests\.slices' tests))

.DEFAULT_GOAL := help
.PHONY: help install run test dist proofs faults lint bench bench-queues lock

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s%s\n", $$1, $$2}'
	@echo "  PORT=$(PORT) and DATA=$(DATA) may be set: two copies run side by side."

install: $(STAMP) ## .venv with exactly what requirements.lock lists

run: $(STAMP) ## everything at once, servers and demo included, on http://127.0.0.1:$(PORT)
	@exec $(BIN)/maillage up

test: $(STAMP) ## the whole suite, on real PostgreSQL and Valkey
	$(BIN)/pytest -n 2 --dist worksteal

proofs: $(STAMP) ## the long proofs at full length, each with its figure (about half an hour)
	PROOFS=all $(BIN)/pytest -q -n 2 --dist worksteal $(LONG)

faults: $(STAMP) ## kills, outages, failpoints at full length; FAULTS_FROM=4: from the fourth round
	PROOFS=all $(BIN)/pytest -q -s tests/faults/test_kills.py
	PROOFS=all $(BIN)/pytest -q -n 2 tests/faults --ignore tests/faults/test_kills.py
	$(BIN)/python -m bench.textbook_rq

lint: $(STAMP) ## style, types, and who may import whom
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(STAMP) ## every headline figure, measured here
	$(BIN)/python -m bench

bench-queues: $(STAMP) ## alerts a second against RQ, Celery, dramatiq and huey (.venv-queues)
	@test -x .venv-queues/bin/celery || { $(BIN)/python -m venv --clear .venv-queues && \
	  .venv-queues/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r bench/queues/requirements.lock; }
	$(BIN)/python -m bench.queues

dist: $(STAMP) ## a wheel in dist/: pip install dist/*.whl, then maillage up
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	  --wheel-dir dist .

lock: ## requirements.lock anew, from pyproject.toml (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --upgrade --no-header \
	  --no-annotate --no-emit-index-url --no-emit-find-links --group dev pyproject.toml \
	  --output-file requirements.lock

# A name on the PATH may be a shim that only complains: each candidate is asked to run.
$(STAMP): requirements.lock pyproject.toml
	@for python in python3.13 python3.12 python3.11 python3.14 python3; do \
	  if "$$python" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' \
	    >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then echo "Maillage needs Python 3.11 or newer with venv." >&2; exit 1; fi; \
	echo "Installing into .venv with $$found"; \
	"$$found" -m venv --clear .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes \
	  -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation --no-index --editable .
	@touch $@
