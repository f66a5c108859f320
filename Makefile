# Two commands do everything, set-up included: `make demo` and `make test`.
PYTHON ?= python3
VENV   ?= .venv
OUT    ?= demo
JOBS   ?= 2
ARGS   ?=
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
# Windows run on a virtual screen where there is no real one.
SCREEN := $(if $(DISPLAY)$(WAYLAND_DISPLAY),,xvfb-run -a -s "-screen 0 1600x1000x24")
# The first image in name order of the real data set, where that lies beside the project.
BCCD   := $(firstword $(sort $(wildcard ../shared/data/bccd/images/*.jpg)))
# One of its smears whose cells lie apart, for the pictures of the docs.
SMEAR  := $(wildcard ../shared/data/bccd/images/BloodImage_00385.jpg)

.DEFAULT_GOAL := help
.PHONY: help setup demo test napari lint format types imports manifest screenshots \
  benchmark clean

help:  ## list the commands
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY)  ## create .venv with the plugin, every extra and the test tools

$(READY): pyproject.toml scripts/setup
	@scripts/setup "$(PYTHON)" "$(VENV)"

demo: setup  ## image -> cells -> named factors -> colored layer, traversal, tables, in $(OUT)/
	$(SCREEN) $(BIN)/napari-disentangle demo --out "$(OUT)" $(if $(BCCD),--image "$(BCCD)")

# As many processes as jobs, each of one thread: windows wait more than they compute.
test: export OMP_NUM_THREADS = 1
test: export NUMBA_NUM_THREADS = 1
test: setup  ## run all tests
	$(SCREEN) $(BIN)/python -m pytest -n $(JOBS) $(ARGS)

napari: setup  ## open napari with the plugin and its sample
	$(SCREEN) $(BIN)/python scripts/open_napari.py

lint: setup  ## ruff: style and formatting
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: setup  ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: setup  ## mypy, strict
	$(BIN)/mypy

imports: setup  ## rooms stack one way; the engine knows no GUI
	$(BIN)/lint-imports

manifest: setup  ## the plugin manifest is valid
	$(BIN)/npe2 validate napari-disentangle

screenshots: setup  ## make the pictures of the docs anew
	$(SCREEN) $(BIN)/python scripts/screenshots.py $(SMEAR)
	$(if $(SMEAR),$(SCREEN) $(BIN)/python scripts/walkthrough.py "$(SMEAR)")
	$(SCREEN) $(BIN)/python scripts/traversal_pictures.py $(dir $(SMEAR))

benchmark: setup  ## measure each stage beside its reference
	for file in benchmarks/bench_*.py; do $(BIN)/python $$file || exit 1; done

clean:  ## remove the environment and all caches
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache \
	  .import_linter_cache .hypothesis demo
