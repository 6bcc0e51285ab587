#!/usr/bin/env bash
# Runs a command with DATABASE_URL pointing at a fresh PostgreSQL of its own, and takes that away afterwards.
# It listens on a socket in a temporary folder only. PostgreSQL refuses to run as root, so root hands it over
# to an unprivileged user.
set -euo pipefail

bin=""
for candidate in "$(dirname "$(command -v initdb 2>/dev/null || echo /nowhere/initdb)")" /usr/lib/postgresql/*/bin; do
  if [ -x "$candidate/initdb" ] && [ -x "$candidate/postgres" ]; then bin="$candidate"; fi
done
if [ -z "$bin" ]; then
  echo "with_postgres: no PostgreSQL on this machine (Debian: apt-get install postgresql)" >&2
  exit 3
fi

as() { "$@"; }
owner="$(id -un)"
if [ "$(id -u)" = 0 ]; then
  owner=nobody
  if id postgres >/dev/null 2>&1; then owner=postgres; fi
  as() { (cd / && runuser -u "$owner" -- "$@"); }
fi

folder="$(mktemp -d "${TMPDIR:-/tmp}/becq-pg.XXXXXX")"
port=$((20000 + RANDOM % 20000))
stop() {
  as "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM
chmod 755 "$folder"
if [ "$(id -u)" = 0 ]; then chown "$owner" "$folder"; fi

as "$bin/initdb" -D "$folder/data" -U becq -A trust -E UTF8 --locale=C.UTF-8 >"$folder/log" 2>&1 ||
  { cat "$folder/log" >&2; exit 3; }
# Nothing here outlives the run, so nothing needs to reach the disk.
as "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/data/server.log" -o \
  "-k $folder -p $port -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off" \
  start >/dev/null || { cat "$folder/data/server.log" >&2; exit 3; }

export DATABASE_URL="postgres://becq@${folder//\//%2F}:$port/postgres"
"$@"
