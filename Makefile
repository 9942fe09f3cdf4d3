# make demo: two answers from the carried public data, no account needed.
# make test: the light checks; make test-all: everything. Each sets up what it needs, once.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test test-all check bench clean

demo: $(VENV)/base.done
	$(BIN)/planner regions gpt-4o
	$(BIN)/planner breakeven llama-2-7b
	$(BIN)/planner breakeven llama-2-7b --on 2024-03-17 \
		--instance azure/Standard_NC12s_v3 --replicas 3

test: $(VENV)/test.done check
	$(BIN)/python -m pytest -n auto

# The heavy extras (torch, ray, spark, a browser) join this target as their features land.
test-all: test

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

$(VENV)/base.done: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/test.done: pyproject.toml constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test]'
	touch $(VENV)/base.done $@
