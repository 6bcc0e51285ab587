# The commands of the house. `make` lists them.
PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
JOBS ?= 2

bin := .venv/bin
locale := src/becq/web/locale
messages := $(wildcard $(locale)/*/LC_MESSAGES/*.po)
compiled := $(messages:.po=.mo)
front := $(wildcard frontend/package.json)
pages := src/becq/web/static/built/becq.js
sources := $(if $(front),$(shell find frontend -type f -not -path '*/node_modules/*' -not -path '*/built-tests/*'))

.DEFAULT_GOAL := help
.PHONY: help demo serve check test bench screenshots build dist lock clean

help: ## List the targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | expand -t 14

demo: build ## Plan the example, play its first days, and serve it on PORT
	$(bin)/becq demo --port $(PORT)

serve: build ## Serve pages, API and worker on HOST:PORT
	$(bin)/becq serve --host $(HOST) --port $(PORT)

check: .venv/.ready ## Layers, style, types and the unit tests without a database
	$(bin)/lint-imports --no-cache
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/mypy
	$(bin)/python -m pytest -n $(JOBS) -m "not browser and not slow" --ignore tests/web --ignore tests/api \
	  --ignore tests/platform --ignore tests/reference

test: ## Everything, on SQLite and on PostgreSQL
	scripts/prepare_machine.sh
	$(MAKE) build
	JOBS=$(JOBS) scripts/test.sh

bench: .venv/.ready ## Measure
	@set -e; for file in benchmarks/bench_*.py; do echo "== $$file"; $(bin)/python $$file; done

screenshots: build ## Pictures of the pages for the documents
	$(bin)/python scripts/screenshots.py

build: .venv/.ready $(compiled) $(if $(front),$(pages)) ## Translations and front end, where they changed

dist: build ## The wheel, with everything built, in dist/
	rm -rf dist
	$(bin)/python -m build --wheel --no-isolation

lock: ## Lock the dependencies anew (names no registry)
	$(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url pyproject.toml -o requirements.txt
	$(bin)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
	  --no-emit-index-url --group dev -c requirements.txt pyproject.toml -o requirements-dev.txt

clean: ## Remove what is built and cached; the environment and var/ stay
	rm -rf dist build src/becq/web/static/built frontend/built-tests
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	rm -f $(compiled)
	find src tests benchmarks scripts -name __pycache__ -type d -prune -exec rm -rf {} +

.venv/.ready: requirements-dev.txt pyproject.toml
	test -x $(bin)/python || $(PYTHON) -m venv .venv
	$(bin)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(bin)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	touch $@

%.mo: %.po | .venv/.ready
	$(bin)/pybabel --quiet compile --input-file $< --output-file $@

frontend/node_modules/.installed: frontend/package-lock.json
	cd frontend && npm ci --no-audit --no-fund --loglevel=error
	touch $@

$(pages): frontend/node_modules/.installed $(sources)
	cd frontend && npm run --silent build
	touch $@
