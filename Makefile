# make demo    everything at once: broker, workers, mailbox, stories      (ARGS="--until-done --json")
# make test    make check, then all tests, in two processes               (ARGS="-k doors")
# make trials  a thousand deadlines on which something goes wrong upstream (ARGS="-k unheld")
# make check   format, lint, types, import contracts
# make bench   the benchmarks                                             (ARGS=--json)
# make help    these lines
#
# Needs Python 3.11 or newer with venv, and make. What the targets need is installed into .venv, once, at the versions of
# requirements.lock, and again only when requirements.lock or pyproject.toml changes; otherwise nothing here uses the network.

PYTHON ?= python3
BIN := .venv/bin
STARTED := $(shell date +%s)

# A stamp holds two numbers: which run of make installed, and the seconds it took.
DEMO := .venv/.siaga-demo
DEV := .venv/.siaga-dev
LOCKED := requirements.lock pyproject.toml

# Warnings of the tools that install are not for those who install.
PIP = PYTHONWARNINGS=ignore $(BIN)/python -m pip --quiet --disable-pip-version-check --no-input
SAY = echo >&2 "siaga:"

.PHONY: demo test trials check bench help install
.DELETE_ON_ERROR:
.DEFAULT_GOAL := demo

demo: $(DEMO)
	@read run seconds < $(DEMO); [ "$$run" = $(STARTED) ] || seconds=0; \
	SIAGA_SECONDS_INSTALL=$$seconds exec $(BIN)/siaga demo $(ARGS)

test: check
	@$(BIN)/python -m pytest --numprocesses 2 --dist worksteal $(ARGS)

trials: $(DEV)
	@SIAGA_TRIALS=1000 $(BIN)/python -m pytest tests/laws/test_law_06_absence_needs_a_proof.py $(ARGS)

check: $(DEV)
	@$(BIN)/ruff format --quiet --check . || { $(SAY) "not formatted; '$(BIN)/ruff format' does it"; exit 1; }
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@$(BIN)/lint-imports --no-logo > .venv/doors.log 2>&1 || { cat .venv/doors.log; exit 1; }
	@$(SAY) "format, lint, types and doors are in order"

bench: $(DEV)
	@$(BIN)/python tests/bench/run.py $(ARGS)

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

install: $(DEV)

# The demo takes its part of the lock; whoever develops takes all of it, and has the demo's part with it.
$(DEMO): $(LOCKED)
	@$(suitable)
	@$(SAY) "preparing .venv, once: about 50 MB of Python packages, a Java runtime among them (Apache Kafka follows: 56 MB) ..."
	@$(environment)
	@{ $(PIP) install --constraint requirements.lock setuptools && \
	$(PIP) install --constraint requirements.lock --no-build-isolation --editable '.[demo]'; } $(or_words)
	@$(stamp)

$(DEV): $(LOCKED)
	@$(suitable)
	@$(SAY) "preparing .venv, once: about 90 MB of Python packages, a Java runtime among them ..."
	@$(environment)
	@{ $(PIP) install --requirement requirements.lock && \
	$(PIP) install --no-deps --no-build-isolation --editable .; } $(or_words)
	@$(stamp)
	@cp $@ $(DEMO)

# An environment that works is kept, whoever made it; one that is missing, broken or too old is made anew.
NEW = -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null
WORKS = { $(BIN)/python $(NEW) && $(BIN)/python -m pip --version > /dev/null 2>&1; }

define suitable
$(WORKS) || $(PYTHON) $(NEW) || \
{ $(SAY) "Python 3.11 or newer is needed, and '$(PYTHON)' is older or missing; name another: make PYTHON=python3.12 ..."; exit 1; }
endef

define environment
$(WORKS) || $(PYTHON) -m venv --clear .venv || \
{ $(SAY) "'$(PYTHON) -m venv' failed; on Debian and Ubuntu it needs the package python3-venv"; exit 1; }
endef

define or_words
> .venv/install.log 2>&1 || \
{ $(SAY) "Python packages could not be installed: is there a network? what pip says is in .venv/install.log"; exit 1; }
endef

define stamp
echo $(STARTED) $$(( $$(date +%s) - $(STARTED) )) > $@
endef
