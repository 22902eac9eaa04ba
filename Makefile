# Two commands do everything on a fresh machine: `make book` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Takes seconds where pip takes a minute; where it cannot reach what pip is told of, pip does it.
UV := $(BIN)/uv pip install --quiet --system-certs --compile-bytecode --link-mode copy --python $(BIN)/python
PYTEST := $(BIN)/python -m pytest
PYTHONS := 3.11 3.12 3.13 3.14

.PHONY: book test style types pages quick coverage test-pythons test-lowest test-other serve lock clean help

help:            ## Show the targets.
	@grep -E '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed 's/:.*## /: /'

# Made anew whenever the lock or the package's settings change.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than 3.11: install Python 3.11 or newer, or run: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.txt
	$(PIP) --require-hashes -r $(VENV)/uv.txt
	$(UV) --require-hashes -r requirements.lock || $(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

book: $(READY)   ## Build every edition in every language into book/site/.
	$(BIN)/tilstand build

test: $(READY)   ## Run every check: lint, types, unit tests, notebooks, built pages.
	@$(MAKE) --no-print-directory -j3 style types pages

style: $(READY)
	$(BIN)/ruff check lib tests
	$(BIN)/ruff format --check lib tests
	PYTHONPATH=lib $(BIN)/lint-imports

types: $(READY)
	$(BIN)/mypy lib

pages: $(READY)
	$(PYTEST) -m "slow or not slow" -n auto --dist loadfile --no-loadscope-reorder --durations 10

quick: $(READY)  ## Run the tests but the slow ones, which execute chapters and build pages.
	$(PYTEST) -n auto --dist loadfile

coverage: $(READY) ## Tell what the quick tests reach: lines and branches of every module.
	$(PYTEST) -n auto --dist loadfile --cov --cov-report term:skip-covered

# Each Python that the machine has, by its name or from pyenv, gets an environment of its own.
test-pythons: $(READY) ## Run the quick tests on Python 3.11 to 3.14, and with the lowest dependencies.
	@for version in $(PYTHONS); do \
	  found=$$(for one in python$$version $(HOME)/.pyenv/versions/$$version.*/bin/python; do \
	    $$one -c 'import sys; print(sys.executable)' 2>/dev/null && break; done); \
	  if [ -z "$$found" ]; then echo "Python $$version: not on this machine, skipped"; continue; fi; \
	  echo "Python $$version: $$found"; \
	  $(MAKE) --no-print-directory test-other NAME=$$version VERSION=$$found REQUIRED=requirements.lock \
	    || exit 1; \
	done
	@$(MAKE) --no-print-directory test-lowest

test-lowest: $(READY) ## Run the quick tests with the lowest versions of the dependencies.
	$(BIN)/uv pip compile pyproject.toml --extra test --resolution lowest-direct --quiet \
	  --python $(BIN)/python --no-header -o $(VENV)/lowest.txt
	@$(MAKE) --no-print-directory test-other NAME=lowest VERSION=$(BIN)/python REQUIRED=$(VENV)/lowest.txt

test-other: OTHER := $(VENV)/other/$(NAME)
test-other:
	$(BIN)/uv venv --quiet --clear --no-python-downloads --python $(VERSION) $(OTHER)
	$(BIN)/uv pip install --quiet --compile-bytecode --link-mode copy --python $(OTHER)/bin/python -r $(REQUIRED)
	$(BIN)/uv pip install --quiet --python $(OTHER)/bin/python --no-deps --no-build-isolation -e .
	$(OTHER)/bin/python -m pytest -n auto --dist loadfile

serve: $(READY)  ## Serve book/site/ at http://127.0.0.1:8000/, building it first if it is missing.
	@test -f book/site/index.html || $(BIN)/tilstand build
	$(BIN)/tilstand serve

lock: $(READY)   ## Resolve requirements.lock anew from pyproject.toml.
	$(BIN)/uv pip compile pyproject.toml --extra test --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade -q -o requirements.lock

clean:           ## Remove everything that was built, and the environment.
	rm -rf $(VENV) .build book/site .pytest_cache .ruff_cache .mypy_cache lib/*.egg-info
