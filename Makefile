# make run     set up .venv and take the tour
# make test    set up .venv for development and run every test
# make check   format, lint, types and the fast tests: the loop while working
# make bench   prep's own cost beside that of Python and pytest, in one run
# make docs    write docs/commands.md anew from the commands themselves
# make clean   remove .venv and every cache; your history and your files are kept
#
# PYTHON=python3.12 chooses another Python; ARGS="-k streak" goes to pytest or the benchmark.

PYTHON ?= python3
ARGS ?=
RUN := .venv/bin/python -m
SOURCES := cli benchmarks docs

.PHONY: help run test check lint bench docs clean ready ready-dev

help:
	@sed -n 's/^# \{0,1\}//p' Makefile | sed '/^$$/,$$d'

run: ready
	@.venv/bin/prep tour
	@[ "$${VIRTUAL_ENV-}" = "$$(pwd -P)/.venv" ] || printf '\n%s\n' \
	  'prep is .venv/bin/prep. To call it by name in this terminal: . .venv/bin/activate'

test: ready-dev
	$(RUN) pytest $(ARGS)

check: lint
	$(RUN) pytest -m "not slow" $(ARGS)

lint: ready-dev
	$(RUN) ruff format --check $(SOURCES)
	$(RUN) ruff check $(SOURCES)
	$(RUN) mypy
	$(RUN) mypy benchmarks docs/commands.py

bench: ready-dev
	@$(RUN) benchmarks $(ARGS)

docs: ready-dev
	.venv/bin/python docs/commands.py

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
	find $(SOURCES) -name __pycache__ -type d -prune -exec rm -rf {} +

ready:
	@$(call set_up,all,run,test)
	@$(compile)

ready-dev:
	@$(call set_up,all$(comma)dev,test)
	@$(compile)

comma := ,

# Missing .pyc files cost a command two thirds of its speed, and PYTHONDONTWRITEBYTECODE in the
# environment keeps Python from ever writing them by itself.
compile = .venv/bin/python -m compileall -q cli/prep

# $(1): extras to install; $(2): what this is for; $(3): what else would do as well.
# A stamp holds the place and the pins that it was made from: nothing is installed twice, and a
# checkout that was moved, or got other pins, is set up again.
define set_up
set -e; \
now="$$(pwd -P) $$(cat pyproject.toml constraints.txt | cksum)"; \
for purpose in $(2) $(3); do \
  if [ "$$(cat .venv/ready-for-$$purpose 2>/dev/null)" = "$$now" ]; then exit 0; fi; \
done; \
$(venv); \
$(pins); \
echo "Setting up .venv, once; most of the time goes to PyTorch and TensorFlow."; \
.venv/bin/python -m pip install -e '.[$(1)]' -c .venv/constraints.txt; \
echo "$$now" > .venv/ready-for-$(2)
endef

# A .venv that is there is used as it is, with whatever is installed in it, unless it is broken.
define venv
if ! .venv/bin/python -c '' 2>/dev/null; then \
  $(call new_enough,$(PYTHON)) || { \
    echo "prep needs Python 3.11 or newer; $(PYTHON) is: $$($(PYTHON) --version 2>&1 || true)" >&2; \
    echo "  choose another one: make $(or $(MAKECMDGOALS),run) PYTHON=python3.12" >&2; \
    exit 1; }; \
  $(PYTHON) -m venv --clear .venv; \
fi; \
$(call new_enough,.venv/bin/python) || { \
  echo "prep needs Python 3.11 or newer; .venv has $$(.venv/bin/python --version 2>&1)" >&2; \
  echo "  remove it: make clean" >&2; \
  exit 1; }; \
.venv/bin/python -m pip --version > /dev/null 2>&1 || .venv/bin/python -m ensurepip -q
endef
new_enough = $(1) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null

# A PyTorch that is there and new enough, a CPU-only build for example, is not replaced.
define pins
if .venv/bin/python -c "$$HAS_TORCH" 2>/dev/null; then \
  grep -v '^torch==' constraints.txt > .venv/constraints.txt; \
else \
  cp constraints.txt .venv/constraints.txt; \
fi
endef
define HAS_TORCH
import importlib.metadata, sys
found = importlib.metadata.version("torch").split("+")[0].split(".")[:2]
sys.exit(tuple(map(int, found)) < (2, 10))
endef
export HAS_TORCH
