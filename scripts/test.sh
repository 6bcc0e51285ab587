#!/usr/bin/env bash
# Everything that must hold before a change goes in: layers, style, types, all tests on SQLite, and the
# tests that touch the database once more on PostgreSQL. Run by `make test`, which builds first.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
jobs="${JOBS:-2}"
failed=()

section() { printf '\n=== %s ===\n' "$1"; }
run() {
  local name="$1"
  shift
  section "$name"
  "$@" || failed+=("$name")
}

run "Layers" $bin/lint-imports --no-cache
run "Style" $bin/ruff check .
run "Format" $bin/ruff format --check .
run "Types" $bin/mypy
run "Migrations" env BECQ_HOME="$(mktemp -d)" $bin/python -m django makemigrations --check --dry-run --settings becq.platform.settings
if [ -f frontend/package.json ]; then
  run "Front end: types" npm --prefix frontend run --silent check
  run "Front end: tests" npm --prefix frontend run --silent test
fi
run "Tests on SQLite" $bin/python -m pytest -n "$jobs" --dist loadfile

database_tests=()
for folder in tests/platform tests/web tests/api; do
  if [ -n "$(find "$folder" -name 'test_*.py' 2>/dev/null | head -1)" ]; then database_tests+=("$folder"); fi
done
run "Tests on PostgreSQL" scripts/with_postgres.sh \
  $bin/python -m pytest -n "$jobs" --dist loadfile "${database_tests[@]}"

section "Result"
if [ ${#failed[@]} -gt 0 ]; then
  printf 'failed: %s\n' "${failed[@]}"
  exit 1
fi
echo "all passed"
