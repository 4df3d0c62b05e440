# The one entry: `make demo`, `make test`, `make check`, `make bench`. Everything else is a part of these.
PDM_VERSION := 2.29.3
PYTHON ?= python3
BIN := .venv/bin
PDM := .tools/bin/pdm
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help demo test check lint types contracts docs grpc bench bench-accuracy bench-research bench-source bench-classification bench-judgement bench-pairing bench-crash bench-registry bench-registry-crash bench-scoring bench-reloads bench-serving bench-serving-faults walkthrough lock clean

help:  ## list the targets
	@sed -n 's/^\([a-z-]*\):.*##/\1:/p' $(MAKEFILE_LIST) | column -t -s:

$(PDM):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "gradewise needs Python 3.11 or newer; say which: make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv .tools
	# The two bounds: PDM 2.29.3 breaks with hishel 2 and with unearth 0.19, which it does not exclude itself.
	.tools/bin/python -m pip install --quiet pdm==$(PDM_VERSION) 'hishel<2' 'unearth<0.19'

$(READY): pdm.lock pyproject.toml | $(PDM)
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	PDM_CHECK_UPDATE=0 $(PDM) sync --quiet --clean --venv in-project --group :all
	@touch $@

demo: $(READY)  ## train on generated essays (or DATA=essays.csv), evaluate, report, grade one essay
	$(BIN)/gradewise demo $(if $(DATA),--data $(DATA))

# Tests start many processes: what one has compiled, the next ones load, also where Python is told to keep nothing.
# Who is done takes over tests from who is not, so that neighbours, which share what they have set up, stay together.
# There are as many of them as processors: libraries that had threads besides would only wait for each other.
test: $(READY)  ## every test, with branch coverage
	PYTHONDONTWRITEBYTECODE= OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist worksteal --cov --cov-report=term --cov-fail-under=90

check: lint types contracts docs  ## lint, types, contracts, docs

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports

docs: $(READY)
	$(BIN)/interrogate src
	$(BIN)/python docs/check.py

grpc: $(READY)  ## generate code from gradewise.proto
	$(BIN)/python -m grpc_tools.protoc -I src --python_out=src --pyi_out=src --grpc_python_out=src src/gradewise/serving/grpc/gradewise.proto

bench: $(READY)  ## measure speed and accuracy; prints a table, writes benchmarks/output/*.json
	$(BIN)/python -m benchmarks

bench-accuracy: $(READY)  ## measure accuracy on ELLIPSE and ASAP (GRADEWISE_CORPORA=DIRECTORY); about half an hour
	$(BIN)/python -m benchmarks.accuracy $(ONLY)

bench-research: $(READY)  ## measure the research bench on ELLIPSE (GRADEWISE_CORPORA=DIRECTORY); about a quarter of an hour
	$(BIN)/python -m benchmarks.research

bench-classification: $(READY)  ## intents of BANKING77 and CLINC150 (GRADEWISE_CORPORA=DIRECTORY TEXT_MODEL=DIRECTORY, ONLY=accuracy,speed); about ten minutes
	$(BIN)/python -m benchmarks.classification $(if $(ONLY),--only $(ONLY)) $(if $(TEXT_MODEL),--text-model $(TEXT_MODEL))

bench-source: $(READY)  ## stream 100,000 essays from PostgreSQL to Parquet and measure the memory; about a minute
	PYTHONPATH=tests $(BIN)/python -m benchmarks.source

bench-judgement: $(READY)  ## fit published sessions of comparative judgement (GRADEWISE_CORPORA=DIRECTORY), time a large one
	$(BIN)/python -m benchmarks.judgement

bench-crash: $(READY)  ## kill cv and tune twenty times each, resume, compare; about ten minutes
	$(BIN)/python -m benchmarks.crash

bench-pairing: $(READY)  ## how many comparisons chosen pairs save against random ones (GRADEWISE_CORPORA=DIRECTORY); about ten minutes
	$(BIN)/python -m benchmarks.pairing

bench-scoring: $(READY)  ## time answers from text and from the cache (GRADEWISE_CORPORA=DIRECTORY); about two minutes
	$(BIN)/python -m benchmarks.scoring_latency $(MODEL)

bench-registry: $(READY)  ## time questions to a registry of 100,000 runs, on SQLite and PostgreSQL; about two minutes
	$(BIN)/python -m benchmarks.registry

bench-registry-crash: $(READY)  ## kill acts of the registry at every step and at random, repair; promote at once; about three minutes
	$(BIN)/python -m benchmarks.registry_crash

bench-reloads: $(READY)  ## exchange a model a hundred times under four clients: memory, latency, trials; about two minutes
	$(BIN)/python -m benchmarks.reloads

bench-serving: $(READY)  ## what `gradewise serve` costs and goes on through (GRADEWISE_CORPORA=DIRECTORY, ONLY=latency,cost); about a quarter of an hour
	$(BIN)/python -m benchmarks.serving $(if $(ONLY),--only $(ONLY))

bench-serving-faults: $(READY)  ## damage, kill, starve and lock a running service under load (ONLY=kills,exchanges); about five minutes
	PYTHONPATH=tests $(BIN)/python -m benchmarks.serving_faults $(ONLY)

walkthrough: $(READY)  ## every command of docs/research.md: KIND=ellipse|asap|csv TRAIN=FILE [TEST=FILE] [PROMPT=1]
	KIND="$(KIND)" TRAIN="$(TRAIN)" TEST="$(TEST)" PROMPT="$(PROMPT)" $(BIN)/python -m benchmarks.walkthrough

lock: $(PDM)  ## resolve pdm.lock anew
	PDM_CHECK_UPDATE=0 $(PDM) lock --group :all

clean:
	rm -rf .venv .tools output
