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
$compose --env-file server/deploy/env.example -f docker-compose.yml config -q
