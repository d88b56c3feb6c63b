# `make` alone lists the targets. `make demo` and `make test` need nothing set up beforehand.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

BIN := .venv/bin
PYTEST_ARGS ?=
BENCH_ARGS ?=
# DATA, PORT, WANGGE_DATA and DATABASE_URL reach the commands through the environment; an empty one is none.
$(foreach name,DATA PORT WANGGE_DATA DATABASE_URL,$(if $(strip $($(name))),,$(eval unexport $(name))))

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: ## install what a demo needs (Debian packages, .venv, map assets)
	@scripts/setup.sh demo

.PHONY: setup-test
setup-test: ## install what the tests need as well
	@scripts/setup.sh test

.PHONY: demo
demo: setup ## draw grids of a real neighbourhood, or of DATA=file, and serve the map (PORT=, WANGGE_DATA=)
	@exec $(BIN)/wangge demo

.PHONY: test
test: lint ## check style, types and layers, then run the tests but the slow ones
	@exec $(BIN)/pytest -n 2 --dist loadgroup -m "not slow" $(PYTEST_ARGS)

.PHONY: test-all
test-all: lint ## the same with the slow tests
	@exec $(BIN)/pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

.PHONY: lint
lint: setup-test ## style (ruff), types (mypy, tsc), layers (import-linter)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@cd maps && npm run --silent check

.PHONY: bench-import
bench-import: setup-test ## importing a town beside GeoDataFrame.to_postgis
	@exec $(BIN)/python benchmarks/bench_import.py

.PHONY: bench-adjacency
bench-adjacency: setup-test ## neighbours of buildings beside other libraries
	@exec $(BIN)/python benchmarks/bench_adjacency.py

.PHONY: bench-engine
bench-engine: setup-test ## the engine beside METIS, ReCom, AZP, k-means and HiGHS (BENCH_ARGS=--quick)
	@scripts/setup_bench.sh
	@exec $(BIN)/python -m benchmarks.bench_engine $(BENCH_ARGS)

.PHONY: bench-profile
bench-profile: setup-test ## where time and memory of a draw go
	@exec $(BIN)/python -m benchmarks.profile_engine $(BENCH_ARGS)

.PHONY: bench-redraw
bench-redraw: setup-test ## redraws after a change beside fresh runs of METIS
	@scripts/setup_bench.sh
	@exec $(BIN)/python -m benchmarks.bench_redraw $(BENCH_ARGS)

.PHONY: bench-gap
bench-gap: setup-test ## how far the proven bound is from the plan
	@exec $(BIN)/python -m benchmarks.bench_gap $(BENCH_ARGS)

.PHONY: bench-least
bench-least: setup-test ## what no plan at all is below, beside METIS
	@exec $(BIN)/python -m benchmarks.bench_least $(BENCH_ARGS)

.PHONY: bench-repair
bench-repair: setup-test ## repairs and completions around what is kept
	@exec $(BIN)/python -m benchmarks.bench_repair $(BENCH_ARGS)

.PHONY: bench-walking
bench-walking: setup-test ## compactness by walking distance next to straight lines
	@exec $(BIN)/python -m benchmarks.bench_walking $(BENCH_ARGS)

.PHONY: bench-planner
bench-planner: setup-test ## a planner's page and its server at 2,000 buildings: edits until seen and until saved
	@exec $(BIN)/python -m benchmarks.bench_planner $(BENCH_ARGS)

.PHONY: bench-incidents
bench-incidents: setup-test ## incidents: points routed, reports at 50 a second and under kill -9, the desk's queue
	@exec $(BIN)/python -m benchmarks.bench_incidents $(BENCH_ARGS)

.PHONY: bench-duplicates
bench-duplicates: setup-test ## precision and recall of likely duplicates on a labelled, made-up set
	@exec $(BIN)/python -m benchmarks.bench_duplicates $(BENCH_ARGS)

.PHONY: bench-city
bench-city: setup-test ## reading the city view of a made-up city of 3,000 communities
	@exec $(BIN)/python -m benchmarks.bench_city $(BENCH_ARGS)

.PHONY: pin
pin: ## raise all Python versions in constraints.txt to the newest that fit
	@scripts/pin.sh

.PHONY: clean
clean: ## remove what was installed and built in this folder; the data folder stays
	@rm -rf .venv .venv-bench maps/node_modules maps/static/vendor build dist *.egg-info
	@rm -rf .pytest_cache .hypothesis .mypy_cache .ruff_cache .import_linter_cache
	@find . -name __pycache__ -prune -exec rm -rf {} +
