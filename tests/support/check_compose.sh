#!/bin/sh
# Does Compose accept docker-compose.yml? Needs the client alone, no engine.
set -eu
cd "$(dirname "$0")/../.."

if docker compose version >/dev/null 2>&1; then
	compose="docker compose"
elif command -v docker-compose >/dev/null 2>&1; then
	compose="docker-compose"
else
	echo "docker-compose.yml not checked: neither 'docker compose' nor 'docker-compose' is here" >&2
	exit 0
fi
filled=$(mktemp)
trap 'rm -f "$filled"' EXIT
sed '/_FOLDER=$/!s/=$/=192.0.2.1/' server/deploy/env.example >"$filled"
$compose --env-file "$filled" --profile store config -q

# And refuses what has been left empty.
if $compose --env-file server/deploy/env.example config -q >/dev/null 2>&1; then
	echo "docker-compose.yml starts with an .env that nobody filled in" >&2
	exit 1
fi
