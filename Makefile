# make run     the whole service on this machine, http://localhost:8080
# make check   format, lint, strict types, import contracts, JavaScript types, compose file
# make test    every test; installs what is missing from Debian when it may
# make fuzz    the relay's parsers against mutated bytes; ARGS="--seconds 600 --seed 7 sdp rtcp"
# make bench   figures, one a line; ONLY=relay runs one group, BENCH_JSON=path keeps them

PYTHON ?= python3
NPM ?= npm
SOURCES := $(wildcard server signaling recordings) tests
PIP := .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes
PATH := $(CURDIR)/.venv/bin:$(PATH)
export PATH

.DEFAULT_GOAL := run
.PHONY: run test check fuzz bench screenshots lock clean format check-python check-js check-compose

run: .venv/.runtime web/node_modules/.runtime
	.venv/bin/python -m server serve

test: .venv/.dev web/node_modules/.runtime
	tests/support/system_packages.sh
ifdef ARGS
	.venv/bin/python -m pytest $(ARGS)
else
	.venv/bin/python -m pytest --numprocesses 2 -m "not e2e"; inside=$$?; \
	.venv/bin/python -m pytest -m e2e && exit $$inside
endif

check: check-python check-js check-compose

check-python: .venv/.dev
	ruff format --check $(SOURCES)
	ruff check $(SOURCES)
	mypy
	lint-imports

check-js: web/node_modules/.dev
	web/node_modules/.bin/tsc --project web/jsconfig.json

check-compose:
	tests/support/check_compose.sh

format: .venv/.dev
	ruff format $(SOURCES)
	ruff check --fix $(SOURCES)

fuzz: .venv/.dev
	.venv/bin/python -m tests.server.relay.fuzzing $(ARGS)

bench: .venv/.dev
	@.venv/bin/python -m tests.bench

screenshots: .venv/.dev web/node_modules/.runtime
	tests/support/system_packages.sh
	.venv/bin/python -m tests.screenshots

# A lock that is newer than its stamp installs again. Hashes are required: what is installed is
# what was locked, from whichever index a machine is set to use.
.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/.runtime: requirements.lock | .venv/bin/python
	$(PIP) -r requirements.lock
	touch $@

.venv/.dev: requirements-dev.lock | .venv/.runtime
	$(PIP) -r requirements-dev.lock
	touch $@

.PHONY: .venv
.venv: .venv/.dev

# npm of the machine, or else the one in a wheel, which is large and therefore not in every venv.
ifeq ($(shell command -v $(NPM) 2>/dev/null),)
NPM_TOOL := .venv/bin/npm
.venv/bin/npm: requirements-node.lock | .venv/bin/python
	$(PIP) -r requirements-node.lock
	touch $@
endif

web/node_modules/.runtime: web/package-lock.json web/.npmrc | $(NPM_TOOL)
	cd web && $(NPM) ci --omit=dev --no-audit --no-fund --loglevel=error
	touch $@

web/node_modules/.dev: web/package-lock.json web/.npmrc | $(NPM_TOOL)
	cd web && $(NPM) ci --no-audit --no-fund --loglevel=error
	touch web/node_modules/.runtime $@

UV_LOCK := .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --upgrade
lock: .venv/.dev
	$(UV_LOCK) pyproject.toml --extra cluster -o requirements.lock
	$(UV_LOCK) pyproject.toml --extra cluster --group dev -c requirements.lock -o requirements-dev.lock
	$(UV_LOCK) --group pyproject.toml:node -o requirements-node.lock
	cd web && $(NPM) update --package-lock-only --no-audit --no-fund

clean:
	rm -rf .venv web/node_modules .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
