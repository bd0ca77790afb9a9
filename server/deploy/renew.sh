#!/bin/sh
# Renews everything of ours on this host while calls go on, from a new release or new settings:
#   git pull && server/deploy/renew.sh
# New processes begin beside the old ones. Then the old web processes end, whose pages move over
# within seconds, and each old relay ends by itself when its last call has: two hours at most.
set -eu
cd "$(dirname "$0")/../.."

webs=$(docker compose ps --quiet web)
relays=$(docker compose ps --quiet relay)
web=$(echo "$webs" | wc -w)
relay=$(echo "$relays" | wc -w)

docker compose build web
# On a host of relays alone neither the database nor the jobs are.
[ "$web" = 0 ] || docker compose run --rm migrate
docker compose up --detach --no-deps --no-recreate --wait \
	--scale "web=$((web * 2))" --scale "relay=$((relay * 2))" web relay

for old in $webs; do
	docker stop "$old"
	docker rm "$old"
done
[ "$web" = 0 ] || docker compose up --detach --no-deps jobs
for old in $relays; do
	(docker stop --signal SIGUSR1 --timeout 7200 "$old" && docker rm "$old") &
done
wait
