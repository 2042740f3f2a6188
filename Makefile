# Maillage: see `make help`. Nothing here needs root, a compiler or a network once installed.
PORT ?= 8000
DATA ?= .data
export PORT DATA

BIN := .venv/bin
STAMP := .venv/.installed

.DEFAULT_GOAL := help
.PHONY: help install run test dist matrix proofs model acts linkage races tampering fuzz faults lint bench bench-queues lock

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s%s\n", $$1, $$2}'
	@echo "  PORT=$(PORT) and DATA=$(DATA) may be set: two copies run side by side."

install: $(STAMP) ## .venv with exactly what requirements.lock lists

run: $(STAMP) ## everything at once, servers and demo included, on http://127.0.0.1:$(PORT)
	@exec $(BIN)/maillage up

test: $(STAMP) ## the whole suite, on real PostgreSQL and Valkey
	$(BIN)/pytest -n 2 --dist worksteal

proofs: matrix model acts linkage races tampering fuzz ## the long proofs, each with its figure (about half an hour)

model: $(STAMP) ## 1,000 random histories of 50 steps: the access rule against a plain model
	MODEL_HISTORIES=$${MODEL_HISTORIES:-1000} MODEL_STEPS=$${MODEL_STEPS:-50} \
	  $(BIN)/pytest -q -n 2 tests/consent/test_access_rule.py

acts: $(STAMP) ## acts of a procedure out of order: six orders and 40 pairs of each regime
	ACTS=all $(BIN)/pytest -q -n 2 tests/evictions/procedures/test_act_matrix.py

linkage: $(STAMP) ## what a peer of a session and of a case is given, around every act
	LINKAGE=all $(BIN)/pytest -q tests/intervisions/test_linkage.py

races: $(STAMP) ## 10,000 readers against a revoker, 5,000 contested handovers
	RACES=$${RACES:-10000} HANDOVER_ROUNDS=$${HANDOVER_ROUNDS:-5000} \
	  $(BIN)/pytest -q -n 2 tests/security/endings/test_races.py tests/cases/handovers/test_handover_races.py

fuzz: $(STAMP) ## every hostile value in every field of every operation
	FUZZ=all $(BIN)/pytest -q tests/security/test_fuzz.py tests/intervisions/test_hostile.py

tampering: $(STAMP) ## 20,000 attempts to change the audit chain unnoticed
	TAMPERINGS=$${TAMPERINGS:-20000} $(BIN)/pytest -q tests/security/database/test_audit_tampering.py

faults: $(STAMP) ## kills, outages, failpoints at full length; FAULTS_FROM=4: from the fourth round
	FAULTS=full $(BIN)/pytest -q -s tests/faults/test_kills.py
	FAILPOINT_RUNS=$${FAILPOINT_RUNS:-20} FAULTS=full \
	  $(BIN)/pytest -q -n 2 tests/faults --ignore tests/faults/test_kills.py
	$(BIN)/python -m bench.textbook_rq

matrix: $(STAMP) ## who may do what: every cell of tests/security/matrix/access_matrix.yaml
	MATRIX=all $(BIN)/pytest -q tests/security/matrix/test_access_matrix.py

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
