# Everything starts here: `make run` opens the program on a sample, `make test` runs every check.
# Dependencies come from the lock files alone, with their hashes; `make lock` writes those from pyproject.toml.

VENV        ?= .venv
PYTHON      ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
                   $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; done; echo python3)
WORKERS     ?= 2
PYTEST_ARGS ?=
RUN_OUT     ?= out/demo
# How much of each `make torture` does.
KILLS       ?= 10000
CUTS        ?= 300
WRITES      ?= 200
SYNCS       ?= 200
CORRUPTIONS ?= 1000
STEPS       ?= 10000
STARTS      ?= 100
HARMS       ?= 1000
SITTING     ?= 10000
FILES       ?= 1000000
TAMPERINGS  ?= 10000
# How long `make fuzz` gives each reader.
SECONDS     ?= 60
# Where and how many changes `make mutation` makes.
ROOMS       ?= domain store
NUMBER      ?= 100

PY      := $(VENV)/bin/python
PIP     := $(PY) -m pip install --disable-pip-version-check --quiet
LOCKED  := $(PIP) --require-hashes
# Nothing that is not in a lock file is fetched: the build tool is locked too and no second environment is made for it.
EDITABLE := $(PIP) --no-deps --no-build-isolation --no-index --editable .
COMPILE := $(PY) -m piptools compile --quiet --generate-hashes --strip-extras --allow-unsafe \
           --no-emit-index-url --no-emit-trusted-host --no-emit-find-links
OFFSCREEN := QT_QPA_PLATFORM=offscreen
CODE    := hitl_desktop tests packaging

.DEFAULT_GOAL := help
.PHONY: help run system-libraries clean lock \
        test test-clipping torture fuzz mutation coverage \
        bench bench-learning bench-problems bench-preferences bench-records bench-marks bench-certificate \
        bundle screenshots samples models embedder catalogues notices sbom

help:  ## list the targets
	@grep -E '^[a-z-]+:.*##' $(firstword $(MAKEFILE_LIST)) | sed -E 's/:.*## /\t/' | expand -t 14

# ---- set-up: a stamp per step, so that a second call does nothing until a lock file changes -------------------------

$(VENV)/made: packaging/make_venv.sh
	@sh packaging/make_venv.sh "$(PYTHON)" "$(VENV)"
	@touch $@

$(VENV)/ready-to-run: $(VENV)/made requirements.txt requirements-build.txt pyproject.toml
	@echo "Installing what the program needs (about 550 MB)."
	@$(LOCKED) -r requirements.txt -r requirements-build.txt
	@$(EDITABLE)
	@touch $@

$(VENV)/ready-to-test: $(VENV)/ready-to-run requirements-dev.txt
	@echo "Installing the tools for the checks."
	@$(LOCKED) -r requirements-dev.txt
	@touch $@

system-libraries:
	@sh packaging/system_libraries.sh

# ---- use ------------------------------------------------------------------------------------------------------------

run: $(VENV)/ready-to-run system-libraries  ## open the program on a sample; without a display, run the same job headless
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" != Linux ]; then \
		$(VENV)/bin/hitl-desktop demo; \
	else \
		echo "No display here: running the sample headless. Results go to $(RUN_OUT)."; \
		$(OFFSCREEN) $(VENV)/bin/hitl-desktop demo --headless $(RUN_OUT); \
	fi

# ---- checks ---------------------------------------------------------------------------------------------------------

# mypy needs one core for a minute, so it runs beside the tests. The layers are one of the tests (tests/contracts).
# Compiled modules are kept, whatever the environment says: the tests start hundreds of processes.
test: $(VENV)/ready-to-test system-libraries  ## style, types, layers and all tests; PYTEST_ARGS="tests/store" for a part
	@$(PY) -m ruff check $(CODE)
	@$(PY) -m ruff format --check $(CODE)
	@$(PY) -m mypy -p hitl_desktop >$(VENV)/types.txt 2>&1 & types=$$!; \
	PYTHONDONTWRITEBYTECODE= $(OFFSCREEN) $(PY) -m pytest -n $(WORKERS) --dist worksteal $(PYTEST_ARGS); tests=$$?; \
	wait $$types || { cat $(VENV)/types.txt; exit 1; }; \
	tail -1 $(VENV)/types.txt; exit $$tests

test-clipping: $(VENV)/ready-to-test system-libraries  ## look for text that is cut off: every page, theme, scale and language
	@$(OFFSCREEN) HITL_CLIPPING=whole $(PY) -m pytest -n $(WORKERS) tests/gui/test_clipping.py $(PYTEST_ARGS)

torture: $(VENV)/ready-to-test  ## kill, cut, fill and damage it for hours; KILLS=300 CUTS=20 STEPS=1000 … for less
	@$(OFFSCREEN) TORTURE_KILLS=$(KILLS) TORTURE_CUTS=$(CUTS) TORTURE_WRITES=$(WRITES) TORTURE_SYNCS=$(SYNCS) \
	TORTURE_CORRUPTIONS=$(CORRUPTIONS) TORTURE_STEPS=$(STEPS) TORTURE_STARTS=$(STARTS) \
	TORTURE_TAMPERINGS=$(TAMPERINGS) TORTURE_WORKERS=$(HARMS) TORTURE_SITTING=$(SITTING) TORTURE_FILES=$(FILES) \
	$(PY) -m pytest -s tests/torture tests/bad_inputs/test_surroundings.py $(PYTEST_ARGS)

fuzz: $(VENV)/ready-to-test  ## give every reader of foreign files odd ones; SECONDS=300 each, FUZZ="dicom 'model file'"
	@$(OFFSCREEN) $(PY) -m tests.fuzzing $(SECONDS) $(FUZZ)

mutation: $(VENV)/ready-to-test  ## change the program in NUMBER places and count what the tests notice; ROOMS="domain store"
	@$(OFFSCREEN) $(PY) -m tests.mutation $(ROOMS) --number $(NUMBER)

coverage: $(VENV)/ready-to-test  ## which branches of domain, store, learning and assurance the tests take
	@$(OFFSCREEN) $(PY) -m coverage run --branch --source=hitl_desktop/domain,hitl_desktop/store,hitl_desktop/learning,hitl_desktop/assurance \
	-m pytest -q -n 0 tests/domain tests/store tests/learning tests/assurance $(PYTEST_ARGS)
	@$(PY) -m coverage report --skip-covered --sort=cover

bench: $(VENV)/ready-to-test system-libraries  ## measure speed and print the table
	@$(OFFSCREEN) $(PY) -m tests.benchmarks

bench-learning: $(VENV)/ready-to-test  ## count labels needed, beside other libraries; BENCH="digits --quick"
	@$(PY) -m tests.benchmarks.learning $(BENCH)

bench-problems: $(VENV)/ready-to-test  ## are wrong labels found? precision at 100 and recall on the shared data
	@$(PY) -m tests.benchmarks.label_problems $(BENCH)

bench-preferences: $(VENV)/ready-to-test  ## is the reward model ahead of its baselines, are pairs asked well? BENCH="--quick"
	@$(PY) -m tests.benchmarks.preferences $(BENCH)

bench-records: $(VENV)/ready-to-test  ## average precision and the five figures of records; BENCH="--seeds 3"
	@$(PY) -m tests.benchmarks.records $(BENCH)

bench-marks: $(VENV)/ready-to-test  ## do marks teach what should not count? on shared data with an artefact; BENCH="sms --seeds 3"
	@$(PY) -m tests.benchmarks.marks $(BENCH)

bench-certificate: $(VENV)/ready-to-test  ## simulate deployments of the certificate; BENCH="digits --seeds 400"
	@$(PY) -m tests.benchmarks.certificate $(BENCH)

bundle: $(VENV)/ready-to-test system-libraries  ## build the executable in dist/hitl-desktop and start it once
	@$(PY) -m PyInstaller --noconfirm --clean --log-level WARN --distpath dist --workpath build packaging/bundle/hitl_desktop.spec
	@$(OFFSCREEN) $(PY) -m pytest -m bundle tests/packaging/test_bundle.py $(PYTEST_ARGS)

# ---- made files -----------------------------------------------------------------------------------------------------

screenshots: $(VENV)/ready-to-test system-libraries  ## make the pictures of the docs again
	@$(OFFSCREEN) $(PY) -m tests.screenshots

samples: $(VENV)/ready-to-run  ## make the sample data again from its seeds
	@$(PY) packaging/samples/make_digits.py
	@$(PY) packaging/samples/make_messages.py
	@$(PY) packaging/samples/make_payments.py
	@$(PY) packaging/samples/make_answers.py
	@$(PY) packaging/samples/make_chats.py
	@$(PY) packaging/samples/make_phantoms.py

models: $(VENV)/ready-to-run  ## train the bundled models again
	@$(PY) packaging/models/train.py

embedder: $(VENV)/ready-to-test  ## build the sentence embedder again from its published weights
	@$(PY) packaging/models/build_minilm.py

catalogues: $(VENV)/ready-to-test  ## collect the sentences of the window, and compile the translations
	@$(PY) packaging/catalogues.py

notices: $(VENV)/ready-to-run  ## write THIRD_PARTY_NOTICES.md from the lock file
	@$(PY) packaging/notices.py

sbom: $(VENV)/ready-to-run  ## write sbom.cdx.json, the list of what is inside, from the lock file
	@$(PY) packaging/sbom.py

lock: $(VENV)/ready-to-test  ## write the lock files from pyproject.toml; UPGRADE=--upgrade for newer versions
	@$(PY) -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11) and "Lock with Python 3.11, the oldest supported.")'
	@export CUSTOM_COMPILE_COMMAND="make lock"; set -e; \
	$(COMPILE) $(UPGRADE) -o requirements.txt pyproject.toml; \
	$(COMPILE) $(UPGRADE) --only-build-deps --build-deps-for editable -o requirements-build.txt pyproject.toml; \
	$(COMPILE) $(UPGRADE) --extra dev -c requirements.txt -c requirements-build.txt -o requirements-dev.txt pyproject.toml

clean:  ## remove the environment and everything built
	@rm -rf $(VENV) build dist out .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find $(CODE) -name __pycache__ -type d -prune -exec rm -rf {} +
