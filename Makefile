# Needs Python 3.11 or newer and nothing else; everything is installed into .venv.

PYTHON := .venv/bin/python
PIP := $(PYTHON) -m pip --disable-pip-version-check -qq install
TIDY := rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help demo test check soak bench format clean

help:
	@echo "make demo    install, train on the embedded digits, say where the plots are"
	@echo "make test    install what the tests need, run them"
	@echo "make check   formatting, lint, strict types, floors"
	@echo "make soak    kill every command for minutes, and a writer at every file operation"
	@echo "make bench   race the reference workloads against PyTorch (installs it into .venv-bench)"
	@echo "make format  put the formatting right"
	@echo "make clean   remove caches and builds (.venv and runs stay)"

demo: .venv/.installed
	@.venv/bin/cnnopt train configs/digits.yaml
	@echo
	@echo "Next: .venv/bin/cnnopt cv --folds 5, or .venv/bin/cnnopt compare-optimizers, or .venv/bin/cnnopt --help"

test: .venv/.installed-test
	@$(PYTHON) -m pytest

check: .venv/.installed-check
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -m pytest tests/test_floors.py

soak: .venv/.installed-test
	@$(PYTHON) tests/soak/kill_and_resume.py --rounds 5 --kills 5
	@for way in whole half; do \
	    place=$$(mktemp -d) && PYTHONPATH=. $(PYTHON) tests/records/kill_everywhere.py everywhere "$$place" $$way 1 && rm -rf "$$place" || exit 1; \
	done

bench: .venv-bench/.installed
	@.venv-bench/bin/python -m benchmarks.throughput

format: .venv/.installed-check
	@$(PYTHON) -m ruff format .
	@$(PYTHON) -m ruff check --fix .

clean:
	@$(TIDY)
	@find cnnopt tests -name __pycache__ -type d -prune -exec rm -rf {} +

# A stamp is older than pyproject.toml exactly when the dependencies may have changed.
.venv/.installed: pyproject.toml | environment
	@echo "Installing cnnopt into .venv (once, well under a minute) ..."
	@$(PIP) -e . && touch $@

.venv/.installed-test: pyproject.toml | environment
	@echo "Installing cnnopt and what its tests need into .venv (once) ..."
	@$(PIP) -e '.[test]' && touch .venv/.installed $@

.venv/.installed-check: pyproject.toml | environment
	@echo "Installing cnnopt and what its checks need into .venv (once) ..."
	@$(PIP) -e '.[test,check]' && touch .venv/.installed .venv/.installed-test $@

.venv-bench/.installed: pyproject.toml
	@echo "Installing cnnopt and PyTorch into .venv-bench (once) ..."
	@python=$$(tools/find-python) && "$$python" -m venv --clear .venv-bench
	@.venv-bench/bin/python -m pip --disable-pip-version-check -qq install -e '.[bench]' && touch $@

# Left alone when it works; made, mended or replaced when it is missing, half made or too old.
.PHONY: environment
environment:
	@if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	    python=$$(tools/find-python) || exit 1; \
	    "$$python" -m venv --clear .venv; \
	elif ! $(PYTHON) -m pip --version >/dev/null 2>&1; then \
	    $(PYTHON) -m ensurepip >/dev/null; \
	fi
