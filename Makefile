# make build: everything from a clone to a built sample bank. make test, make lint: what CI runs.
# PYTHON=... picks the interpreter; else the first of these that is 3.11, 3.12 or 3.13.
suitable := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11, \
	$(shell $(name) -c '$(suitable)' 2>/dev/null && echo $(name))))
pip := .venv/bin/python -m pip -qq --disable-pip-version-check install

.PHONY: venv install install-dev build test lint pins clean

venv: .venv/bin/python
install: .venv/installed
install-dev: .venv/installed-dev

build: install
	@mkdir -p target
	@echo "Building the sample bank in target/model_risk.duckdb (a minute or two)"
	@.venv/bin/dbt --quiet build

test: install-dev
	.venv/bin/pytest --numprocesses auto --maxprocesses 4 --dist loadscope

lint: install-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/sqlfluff lint models

# After a change in pyproject.toml: pins that still fit stay, the rest is resolved anew. Needs uv.
compile := uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-strip-extras --no-annotate --no-header --no-emit-index-url --extra sample
pins:
	$(compile) --extra dev --output-file requirements-dev.txt >/dev/null
	$(compile) --constraints requirements-dev.txt --output-file requirements.txt >/dev/null

clean:
	rm -rf target logs dbt_packages

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11, 3.12 or 3.13 found; name one: make build PYTHON=python3.12"; exit 1; }
	@echo "Creating .venv with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv .venv

.venv/installed: requirements.txt pyproject.toml | .venv/bin/python
	@echo "Installing the pinned requirements (a few minutes the first time)"
	@$(pip) --require-hashes -r requirements.txt
	@$(pip) --no-deps --editable .
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	@echo "Installing the pinned development requirements"
	@$(pip) --require-hashes -r requirements-dev.txt
	@touch $@
