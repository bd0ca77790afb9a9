#!/bin/sh
# The programs that tests run and Debian packages bring. Calls apt only when one is missing.
set -eu

missing=""
need() { # need PACKAGE COMMAND-OR-FILE...: the package is there when one of them is
	package=$1
	shift
	for candidate in "$@"; do
		if command -v "$candidate" >/dev/null 2>&1 || [ -e "$candidate" ]; then return; fi
	done
	missing="$missing $package"
}

postgres=$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | tail -n 1)
need chromium chromium
need firefox-esr firefox-esr
need fonts-noto-cjk /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc
need redis-server redis-server
need postgresql "${postgres:-postgres}"
need caddy caddy
need coturn turnserver
need nftables nft /usr/sbin/nft
need openssl openssl
need iproute2 ip /usr/sbin/ip
need docker-compose docker-compose /usr/libexec/docker/cli-plugins/docker-compose
[ -n "$missing" ] || exit 0

if [ "$(id -u)" = 0 ]; then
	as_root=""
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
	as_root="sudo"
else
	as_root="none"
fi
if [ "$as_root" = none ] || ! command -v apt-get >/dev/null 2>&1; then
	echo "The tests need these programs, which are not installed here:$missing" >&2
	echo "Install them (Debian's package names), then run make test again:" >&2
	echo "  sudo apt-get install --no-install-recommends$missing" >&2
	exit 1
fi

echo "Installing from Debian:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { $as_root apt-get update -q && $as_root apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
	tail -n 20 "$log" >&2
	echo "apt-get could not install:$missing (the whole log: $log)" >&2
	exit 1
fi
rm -f "$log"
