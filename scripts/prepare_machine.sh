#!/usr/bin/env bash
# Installs what the tests need beside Python, on a Debian machine, as root, where it is missing. Elsewhere it
# does nothing, and the tests that need these programs say so.
set -euo pipefail
cd "$(dirname "$0")/.."

[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 0
wanted=()
command -v chromium >/dev/null || wanted+=(chromium)
ls /usr/share/fonts/opentype/noto/NotoSansCJK-*.ttc >/dev/null 2>&1 || wanted+=(fonts-noto-cjk)
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || wanted+=(postgresql)
if [ -f frontend/package.json ] && ! command -v npm >/dev/null; then wanted+=(nodejs npm); fi
[ ${#wanted[@]} -eq 0 ] && exit 0

echo "=== Installing ${wanted[*]} ==="
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${wanted[@]}" >/dev/null
