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

install_missing() {
  # Fresh Debian machines only; elsewhere the tests that need these say so.
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 0
  local wanted=()
  command -v chromium >/dev/null || wanted+=(chromium)
  ls /usr/share/fonts/opentype/noto/NotoSansCJK-*.ttc >/dev/null 2>&1 || wanted+=(fonts-noto-cjk)
  command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted+=(postgresql)
  [ ${#wanted[@]} -eq 0 ] && return 0
  section "Installing ${wanted[*]}"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" \
    >/dev/null || echo "could not install ${wanted[*]}"
}

install_missing
run "Layers" $bin/lint-imports --no-cache
run "Style" $bin/ruff check .
run "Format" $bin/ruff format --check .
run "Types" $bin/mypy
run "Migrations" env BECQ_HOME="$(mktemp -d)" $bin/python -m django makemigrations --check --dry-run --settings becq.platform.settings
run "Tests on SQLite" $bin/python -m pytest -n "$jobs" --dist loadfile

database_tests=()
for folder in tests/platform tests/web tests/api; do
  if [ -n "$(find "$folder" -name 'test_*.py' 2>/dev/null | head -1)" ]; then database_tests+=("$folder"); fi
done
run "Tests on PostgreSQL" scripts/with_postgres.sh \
  $bin/python -m pytest -n "$jobs" --dist loadfile -m "not browser" "${database_tests[@]}"

section "Result"
if [ ${#failed[@]} -gt 0 ]; then
  printf 'failed: %s\n' "${failed[@]}"
  exit 1
fi
echo "all passed"
