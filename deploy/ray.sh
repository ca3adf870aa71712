#!/usr/bin/env bash
# Workers on a Ray cluster whose nodes have Node.js and collimate: one job a worker. Ray starts and ends them; the work comes from
# the project's database.   RAY_ADDRESS=http://head:8265 deploy/ray.sh 8
set -euo pipefail
count="${1:?how many workers}"
for name in COLLIMATE_DATABASE COLLIMATE_OBJECTS; do [ -n "${!name:-}" ] || { echo "$name is not set" >&2; exit 2; }; done
environment=$(node -p 'JSON.stringify({ env_vars: Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(COLLIMATE_|AWS_|PGPASSWORD$)/.test(name))) })')
for index in $(seq "$count"); do
  ray job submit --no-wait --submission-id "collimate-worker-$(date +%s)-$index" --entrypoint-num-cpus "${CPUS:-4}" \
    --runtime-env-json "$environment" -- collimate worker --threads "${CPUS:-4}" --idle 600 --log json
done
