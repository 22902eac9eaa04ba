# Two commands do everything on a fresh machine: `make book` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: book test serve lint lock clean help

help:            ## Show the targets.
	@grep -E '^[a-z]+: .*##|^[a-z]+: +##' $(MAKEFILE_LIST) | sed 's/:.*## /: /'

# Made anew whenever the lock or the package's settings change.
$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than 3.11: install Python 3.11 or newer, or run: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 2; }
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

book: $(READY)   ## Build every edition in every language into book/site/.
	$(BIN)/tilstand build

test: $(READY)   ## Run every check: lint, types, unit tests, notebooks, built pages.
	$(BIN)/ruff check lib tests
	$(BIN)/ruff format --check lib tests
	$(BIN)/mypy lib
	PYTHONPATH=lib $(BIN)/lint-imports
	$(BIN)/python -m pytest -m "slow or not slow" -n auto --dist loadfile --no-loadscope-reorder

serve: $(READY)  ## Serve book/site/ at http://127.0.0.1:8000/, building it first if it is missing.
	@test -f book/site/index.html || $(BIN)/tilstand build
	$(BIN)/tilstand serve

lock: $(READY)   ## Resolve requirements.lock anew from pyproject.toml.
	$(BIN)/uv pip compile pyproject.toml --extra test --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade -q -o requirements.lock

clean:           ## Remove everything that was built, and the environment.
	rm -rf $(VENV) .build book/site .pytest_cache .ruff_cache .mypy_cache lib/*.egg-info
