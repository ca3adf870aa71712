// How far a run is, what comes next, and what it works with.

import type { TuningData } from '../../api/stages.ts';
import { formatCount, formatSeconds } from '../../ui/format.ts';

export function TuningState({ tuning }: { readonly tuning: TuningData }) {
  const { settings, steps, seconds, working } = tuning;
  const asked = Number(settings.maxTrainSteps);
  return (
    <>
      {working && (
        <p className="notice" role="status">
          {sayProgress(tuning)}
        </p>
      )}
      <p className="soft run-state">
        <b>{tuning.name}</b>: {sayStatus(tuning)} · step {formatCount(steps)}
        {asked > steps && ` of ${formatCount(asked)}`} in {formatSeconds(seconds)} ·{' '}
        {String(settings.method ?? 'reward-weighted')}, learning rate {String(settings.learningRate ?? '–')}, batch{' '}
        {String(settings.batchSize ?? '–')}, β {String(settings.beta ?? '–')} (weight of pre-training pairs)
      </p>
    </>
  );
}

function sayProgress({ steps, checkpoints, nextCheckpoint, samples }: TuningData): string {
  const at = steps === 0 ? 'preparing' : `at step ${formatCount(steps)}`;
  const kind = checkpoints.length === 0 ? 'first' : 'next';
  const next = nextCheckpoint === null ? '' : `, ${kind} checkpoint at step ${formatCount(nextCheckpoint)}`;
  return `Running, ${at}${next}. This page follows it${samples ? '' : '; samples of the fixed prompts come with the checkpoints that draw them'}.`;
}

/** A run whose process was killed is still called running in its books. */
function sayStatus({ status, working }: TuningData): string {
  return status === 'running' && !working ? 'ended before its time; starting it again goes on' : status;
}
