# Two commands do everything:
#   make train   sets up .venv and trains configs/mnist_dense.yaml
#   make test    sets up .venv and checks all that CI checks

PYTHON ?= python3
BIN := .venv/bin
CONFIG ?= configs/mnist_dense.yaml
PAGES := README.md $(wildcard docs/*.md)

# The tests start the program hundreds of times: what Python compiles is kept.
test: export PYTHONDONTWRITEBYTECODE =

.PHONY: train test setup lint docs clean

train: setup
	$(BIN)/nnfs train $(CONFIG)

test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/cog --check $(PAGES)
	$(BIN)/python -m pytest -n auto --dist worksteal

setup: .venv/done

.venv/done: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit("nnfs needs Python 3.11 or newer, $(PYTHON) is " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --editable '.[test]'
	@touch .venv/done

docs: setup ## write the generated parts of the documentation and the schema anew
	$(BIN)/cog -r $(PAGES)
	$(BIN)/python -m nnfs_cli.config.schema > configs/schema.json

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis build dist
