#!/usr/bin/env bash
# Workers on a Ray cluster whose nodes have Node.js and collimate: one job a worker. Ray starts and ends them; the work comes from
# the project's database.   RAY_ADDRESS=http://head:8265 deploy/ray.sh 8
set -euo pipefail
count="${1:?how many workers}"
for name in COLLIMATE_DATABASE COLLIMATE_OBJECTS; do [ -n "${!name:-}" ] || { echo "$name is not set" >&2; exit 2; }; done
# Ray shows the environment of its jobs on its dashboard: secrets lie on the nodes, in ~/.pgpass and ~/.aws (or the nodes' role), and are not sent.
environment=$(mktemp)
trap 'rm -f "$environment"' EXIT
node -p 'JSON.stringify({ env_vars: Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(COLLIMATE_|AWS_(REGION|ENDPOINT_URL|PROFILE)$)/.test(name))) })' > "$environment"
for index in $(seq "$count"); do
  ray job submit --no-wait --submission-id "collimate-worker-$(date +%s)-$index" --entrypoint-num-cpus "${CPUS:-4}" \
    --runtime-env "$environment" -- collimate worker --threads "${CPUS:-4}" --idle 600 --log json
done
