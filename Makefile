# The commands of the course. `make help` lists them.
PYTHON ?= python3
# Five seeds before a chapter is called done: SEEDS=5 make test
SEEDS ?= 1

BIN := .venv/bin
BUILD := $(BIN)/jupyter-book build . -W -n --keep-going --quiet

.DEFAULT_GOAL := help
.PHONY: help environment book pdf dist test notebooks lint bench lock clean screenshots

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' Makefile

environment:
	@command -v $(PYTHON) >/dev/null || { echo "Error: there is no $(PYTHON). Install Python 3.11, 3.12 or 3.13."; exit 1; }
	@$(PYTHON) tools/environment.py

book: environment ## build the book in _build/html; trains nothing
	@$(BUILD)
	@echo "The book is ready: $(CURDIR)/_build/html/index.html"

pdf: book ## print the book as one PDF; needs Chromium
	@$(BIN)/python tools/pdf.py

dist: pdf ## pack pages, PDF and notebooks in one zip, to be read without a network
	@$(BIN)/python tools/dist.py

test: environment ## re-execute every notebook and check everything
	@SEEDS=$(SEEDS) $(BIN)/python -m pytest

notebooks: environment ## re-execute, in place, the notebooks that changed
	@$(BIN)/python tools/notebooks.py

lint: environment ## check style and spelling
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/python tools/spelling.py

screenshots: book ## write a picture of every page in _build/screenshots, to look at
	@$(BIN)/python tools/screenshots.py

bench: environment ## time and memory of every notebook, and of the suite
	@$(BIN)/python tools/bench.py

lock: environment ## compile requirements.txt from pyproject.toml
	@$(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --all-extras \
	  --custom-compile-command "make lock" pyproject.toml -o requirements.txt

clean: ## remove what was built; the environment stays
	@rm -rf _build .pytest_cache .ruff_cache .hypothesis
