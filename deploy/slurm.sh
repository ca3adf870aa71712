#!/usr/bin/env bash
# Workers as a Slurm array, one a task: sbatch --array=1-16 deploy/slurm.sh
# The secrets lie in a file that only you can read (chmod 600): COLLIMATE_DATABASE, COLLIMATE_OBJECTS, PGPASSWORD, AWS_…, one
# NAME=value a line, taken as it stands and without quotes, as Docker and Kubernetes read such files.
#SBATCH --job-name=collimate
#SBATCH --cpus-per-task=8
#SBATCH --mem=16G
#SBATCH --time=08:00:00
#SBATCH --requeue
#SBATCH --signal=B:TERM@300
set -euo pipefail
while IFS= read -r line || [ -n "$line" ]; do
  [[ ! "$line" =~ ^[A-Za-z_]+= ]] || export "${line?}"
done < "${COLLIMATE_SECRETS:-$HOME/.config/collimate/worker.env}"
unset COLLIMATE_SECRETS # it is this script's alone

# Five minutes before the time is over Slurm sends TERM here: the worker finishes what it has in hand.
collimate worker --threads "$SLURM_CPUS_PER_TASK" --cache "${TMPDIR:-/tmp}/collimate" --idle 600 --log json &
worker=$!
trap 'kill -TERM "$worker"; wait "$worker"; exit $?' TERM
wait "$worker"
