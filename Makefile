# Two commands: `make run` does the main job and opens the cockpit, `make test` proves the house is in order.
# Both need Python 3.11+ with pip and venv, and nothing else.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet --no-input
COMPILE := $(BIN)/python -m piptools compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
  --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-emit-options
MAKEFLAGS += --no-print-directory
# The suite starts our commands by the hundred: compiled once, not every time.
unexport PYTHONDONTWRITEBYTECODE
# Without a person at a terminal the cockpit ends by itself once nobody looks at it.
UNATTENDED := $(shell [ -t 0 ] || echo --stop-when-idle 10)

# One process a core; the tests of a file stay together, because they share what is dear to make.
TOGETHER := --numprocesses auto --dist loadfile --no-loadscope-reorder

.PHONY: run test lint bench lock clean

run: .venv/.run
	@$(BIN)/duibiao rehearse --out out/simulated
	@$(BIN)/duibiao monitor --data out/simulated --out out
	@$(BIN)/duibiao evaluate five-year-14 --kind final --report --out out
	@$(BIN)/duibiao evaluate action-plans --kind annual --report --out out
	@$(BIN)/duibiao serve --data out/simulated --evaluations out/evaluations --demo-accounts $(UNATTENDED)

test: .venv/.dev lint
	@$(BIN)/pytest $(TOGETHER)

lint: .venv/.dev
	@PRE_COMMIT_HOME=.venv/pre-commit $(BIN)/pre-commit run --all-files --color never

bench: .venv/.dev
	@$(BIN)/python benchmarks/monitor.py
	@$(BIN)/python -m benchmarks.data

# The lock is two compiled requirements files: versions and hashes, no addresses.
lock: .venv/.venv
	@$(PIP) install pip-tools
	@$(COMPILE) --extra build --output-file requirements.txt pyproject.toml
	@$(COMPILE) --extra build --extra dev --output-file requirements-dev.txt pyproject.toml

.venv/.venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "duibiao needs Python 3.11 or newer 需要 Python 3.11 以上")'
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/.run: .venv/.venv requirements.txt pyproject.toml
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --no-index -e .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

clean:
	rm -rf .venv out .mypy_cache .ruff_cache .pytest_cache .hypothesis
