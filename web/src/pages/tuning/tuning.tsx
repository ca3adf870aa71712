// How tuning goes: loss, reward and judge over steps, and what the fixed prompts look like at each checkpoint.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { read } from '../../api/client.ts';
import { JobButton } from '../../jobs/job-button.tsx';
import { useJobs } from '../../jobs/use-jobs.ts';
import { SelectField } from '../../ui/field.tsx';
import { formatTime } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { FirstStep } from '../overview/first-step.tsx';
import { TuningCurves } from './tuning-curves.tsx';
import { TuningSamples } from './tuning-samples.tsx';
import { TuningState } from './tuning-state.tsx';

/** How often the page is read anew while tuning is at work, be it from here or from a command line. */
const LIVE_MS = 3000;

export function Tuning() {
  const [run, setRun] = useState<string>();
  const at = useJobs();
  // The process says so a few seconds after its button was pressed.
  const begun =
    at?.holder?.stage === 'tune' ||
    at?.jobs.some(({ kind, status }) => kind === 'tune' && status === 'running') === true;
  const live = { refetchInterval: begun && LIVE_MS } as const;
  const runs = useQuery({ ...read('listTuningRuns'), ...live }).data?.runs ?? [];
  const query = useQuery({ ...read('getTuning', { query: run ? { run } : {} }), ...live });
  return (
    <Page
      title="Tuning"
      lede="The model’s own images, weighted by the reward, teach it; pre-training pairs keep it from forgetting how to draw."
      actions={<JobButton kind="tune">Tune the model</JobButton>}
      query={query}
    >
      {({ tuning }) =>
        tuning === null ? (
          <Empty title={begun ? 'Tuning begins' : 'No tuning run yet'}>
            <p>
              {begun
                ? 'The model and its pictures are being made ready. Curves appear here with the first steps.'
                : 'Train a reward function first; then tune the model here. Samples of fixed prompts appear at each checkpoint.'}
            </p>
            {!begun && <FirstStep towards="tune" />}
          </Empty>
        ) : (
          <>
            {runs.length > 1 && (
              <div className="filters">
                <SelectField
                  label="Run"
                  wide
                  value={run ?? tuning.runId}
                  options={runs.map(({ id, name, startedAt }) => [id, `${name}, ${formatTime(startedAt)}`] as const)}
                  onChange={setRun}
                />
              </div>
            )}
            <TuningState tuning={tuning} />
            {tuning.samples && <TuningSamples key={tuning.runId} samples={tuning.samples} />}
            {tuning.curve.length > 0 && <TuningCurves {...tuning} />}
          </>
        )
      }
    </Page>
  );
}
