# Thin shell around the two commands: make run, make test. Needs Python 3.11 or newer with pip, and nothing else.
PYTHON = .venv/bin/python
ARGS =
PROCESSES = auto

# Compiled once, and not anew by each of the many processes that the suite starts.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: env dev-env bench-env docs-env run test contract model bugs conformance faults hostile lint lock bench \
	bench-full docs dist ci

env: .venv/.installed
dev-env: .venv/.installed-dev
bench-env: .venv/.installed-bench
docs-env: .venv/.installed-docs

# Debian has ensurepip in a package of its own, so the pip of the machine installs into the environment.
FIND_PYTHON = for python in python3.11 python3 python; do \
	    if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then break; fi; python=; \
	  done; \
	  test -n "$$python" || { echo "Workbin needs Python 3.11 or newer, as python3.11, python3 or python."; exit 1; }; \
	  $$python -m pip --version >/dev/null 2>&1 || \
	  { echo "Workbin needs pip: '$$python -m pip' fails. Debian has it in the package python3-pip."; exit 1; }
INSTALL = install() { \
	    echo "Installing $$1 into .venv, this once: a minute or so."; \
	    $$python -m pip --python $(PYTHON) install --quiet --disable-pip-version-check --require-hashes -r $$1 || \
	    { echo "pip could not install $$1: it asks pypi.org, or the mirror that PIP_INDEX_URL names."; exit 1; }; }; \
	  install

.venv/.installed: requirements.lock
	@set -e; $(FIND_PYTHON); \
	$$python -m venv --without-pip .venv; \
	$(INSTALL) requirements.lock
	@touch $@

.venv/.installed-dev .venv/.installed-bench .venv/.installed-docs: .venv/.installed-%: .venv/.installed requirements-%.lock
	@set -e; $(FIND_PYTHON); $(INSTALL) requirements-$*.lock
	@touch $@

run: env
	@exec $(PYTHON) manage.py up --demo $(ARGS)

test: dev-env
	@$(PYTHON) -m pytest --numprocesses $(PROCESSES) --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

contract: dev-env
	@$(PYTHON) -m tests.contract $(ARGS)

model: dev-env
	@$(PYTHON) -m tests.model $(ARGS)

bugs: dev-env
	@$(PYTHON) -m tests.model.bugs $(ARGS)

conformance: dev-env
	@$(PYTHON) -m tests.conformance.ours $(ARGS)

faults: dev-env
	@$(PYTHON) -m tests.faults $(ARGS)

hostile: dev-env
	@$(PYTHON) -m tests.hostile --long $(ARGS)

lint: dev-env
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m mypy .

LOCK = $(PYTHON) -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate

lock: dev-env
	$(LOCK) --all-extras pyproject.toml -o requirements.lock
	$(LOCK) --group dev -c requirements.lock -o requirements-dev.lock
	$(LOCK) --group bench -c requirements.lock -o requirements-bench.lock
	$(LOCK) --group docs -c requirements.lock -o requirements-docs.lock

# What Workbin promises, measured beside what people would pick instead: in five minutes, or at length.
bench: bench-env
	@$(PYTHON) -m benchmarks short $(ARGS)

bench-full: bench-env
	@$(PYTHON) -m benchmarks full $(ARGS)

# The documentation as a site, in site/. A broken link is an error.
docs: docs-env
	@$(PYTHON) -m zensical build --clean --strict

# What is published, from what is committed and nothing else.
dist: dev-env
	@rm -rf build/dist && mkdir -p build/dist
	@git archive HEAD | tar -x -C build/dist
	@SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct) $(PYTHON) -m build --no-isolation --outdir dist build/dist

ci:
	@.ci/run
