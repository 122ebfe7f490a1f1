# The commands of DESIGN section 2. Everything needs Python 3.11 or newer and nothing else: each target first makes
# .venv from the hashed requirement files, when it is missing or out of date (scripts/prepare_venv.py).

PYTHON ?= python3
#: Test processes: one for each processor, eight at most.
TEST_WORKERS ?= logical
TEST_ARGS ?=
UV_VERSION := 0.13.8

# Absolute, since the tests run processes elsewhere, which leave what they measured there otherwise.
export COVERAGE_FILE := $(CURDIR)/.coverage

BIN := .venv/bin
MASTHEAD := $(BIN)/masthead
#: Notes how long a part of the check takes.
PART := @$(BIN)/python scripts/part.py

#: R45: every line and branch of what decides who may do what, what text may hold, and where we connect.
COVERED_WHOLE := masthead/people/permissions.py,masthead/people/authorization.py,masthead/text/sanitise.py,masthead/outbound/*
#: And of what is kept. Which of its threads and forks is in which line when it is ended is up to the machine: two of a hundred.
COVERED_NEARLY := masthead/pagecache/*

# Make hands on what stands in the environment and on its command line, so `make serve PORT=9000` works by itself.

.DEFAULT_GOAL := help
.PHONY: help serve demo dev test check lint bench soak fuzz lock clean runtime extras development

help:
	@echo "make serve    serve your publication on http://127.0.0.1:8000 (HOST, PORT, MASTHEAD_HOME)"
	@echo "make demo     the same, filled with a demonstration publication"
	@echo "make dev      serve with reloader, debugger and toolbar, on sample texts: for work on the code (HOST, PORT, MASTHEAD_HOME)"
	@echo "make extras   install what SENTRY_DSN and OTEL_EXPORTER_OTLP_ENDPOINT need beside it"
	@echo "make test     run the whole test suite (TEST_ARGS='-k words' for a part of it)"
	@echo "make check    linters, types, layer rules, then the tests"
	@echo "make bench    the benchmarks, as ratios"
	@echo "make soak     look for stale pages with thousands of random writes (SOAK_EXAMPLES, SOAK_STEPS)"
	@echo "make fuzz     try the API with thousands of drawn requests (FUZZ_EXAMPLES, FUZZ_SEED)"
	@echo "make lock     compile requirements/*.txt again from pyproject.toml (UPGRADE=1 for newer versions)"
	@echo "make clean    remove .venv and what the tools leave behind; instance/ stays"

serve: runtime
	@$(MASTHEAD) db upgrade
	@exec $(MASTHEAD) serve

demo: runtime
	@$(MASTHEAD) db upgrade
	@$(MASTHEAD) seed-db --demo
	@exec $(MASTHEAD) serve

# The runner of background jobs beside the server has no reloader: start again after a change of a task.
dev: export FLASK_CONFIG = development
dev: development
	@$(MASTHEAD) db upgrade
	@$(MASTHEAD) seed-db
	@$(MASTHEAD) jobs run & runner=$$!; trap "kill $$runner" EXIT; \
	$(BIN)/flask --app masthead.wsgi run --debug --host "$${HOST:-127.0.0.1}" --port "$${PORT:-8000}"

# Coverage comes from probes in the test processes (tests/support/coverage_probes.py), which a part of the suite does without.
test: development
	$(if $(TEST_ARGS),,rm -f $(COVERAGE_FILE) $(COVERAGE_FILE).*)
	$(PART) tests $(if $(TEST_ARGS),,env TEST_COVERAGE=1) $(BIN)/python -m pytest -n $(TEST_WORKERS) --maxprocesses 8 --durations=10 $(TEST_ARGS)
	$(if $(TEST_ARGS),,$(PART) coverage $(BIN)/python -m coverage combine --quiet)
	$(if $(TEST_ARGS),,$(PART) coverage $(BIN)/python -m coverage html)
	$(if $(TEST_ARGS),,$(PART) coverage $(BIN)/python -m coverage report --include="$(COVERED_WHOLE)" --fail-under=100)
	$(if $(TEST_ARGS),,$(PART) coverage $(BIN)/python -m coverage report --include="$(COVERED_NEARLY)" --fail-under=98)

check: export CHECK_TIMES := $(CURDIR)/.check-times
check: development
	@rm -f $(CHECK_TIMES)
	@$(MAKE) --no-print-directory lint test; status=$$?; $(BIN)/python scripts/part.py; exit $$status

lint: development
	$(PART) lint $(BIN)/ruff check .
	$(PART) lint $(BIN)/ruff format --check .
	$(PART) lint $(BIN)/python scripts/check_subjects.py
	$(PART) types $(BIN)/mypy
	$(PART) layers $(BIN)/lint-imports

bench: development
	$(BIN)/python -m bench

soak: export SOAK_EXAMPLES ?= 300
soak: export SOAK_STEPS ?= 80
soak: development
	$(BIN)/python -m pytest -o faulthandler_timeout=0 -n $(TEST_WORKERS) tests/pagecache/test_freshness.py

fuzz: export FUZZ_EXAMPLES ?= 10
fuzz: export FUZZ_SEED ?= 1
fuzz: development
	$(BIN)/python -m pytest -o faulthandler_timeout=0 -n $(TEST_WORKERS) --maxprocesses 8 -rP tests/api/test_fuzz.py

# Every file is pinned to the versions of dev.txt, so that the sets can be installed on top of each other. The extras
# stay: pip up to 23 takes `coverage` for another requirement than `coverage[toml]`, and refuses the one without a hash.
COMPILE = $(UV) pip compile --quiet --universal --generate-hashes --no-strip-extras --no-header --no-annotate $(if $(UPGRADE),--upgrade)

lock: UV = $(shell command -v uv || echo $(BIN)/uv)
lock: development
	@command -v uv >/dev/null || $(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	$(COMPILE) --group dev --group build pyproject.toml -o requirements/dev.txt
	$(COMPILE) -c requirements/dev.txt pyproject.toml -o requirements/runtime.txt
	$(COMPILE) -c requirements/dev.txt --all-extras pyproject.toml -o requirements/extras.txt
	$(COMPILE) -c requirements/dev.txt --group build -o requirements/build.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .check-times .coverage .coverage.* htmlcov dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

runtime extras development:
	@command -v "$(PYTHON)" >/dev/null || { echo "Masthead needs Python 3.11 or newer, and there is no '$(PYTHON)' here; install it, or name yours with PYTHON=." >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Masthead needs Python 3.11 or newer, and '$(PYTHON)' is older; name a newer one with PYTHON=." >&2; exit 1; }
	@"$(PYTHON)" -c 'import venv, ensurepip' 2>/dev/null || { echo "Masthead needs Python's venv and ensurepip modules, which '$(PYTHON)' lacks; on Debian and Ubuntu, 'apt-get install python3-venv' brings them." >&2; exit 1; }
	@"$(PYTHON)" scripts/prepare_venv.py $@
