// How tuning goes: loss, reward and judge over steps, and what the fixed prompts look like at each checkpoint.

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { read } from '../../api/client.ts';
import { JobButton } from '../../jobs/job-button.tsx';
import { Tiles } from '../../ui/card.tsx';
import { SelectField } from '../../ui/field.tsx';
import { formatCount, formatSeconds, formatTime } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { TuningCurves } from './tuning-curves.tsx';
import { TuningSamples } from './tuning-samples.tsx';

export function Tuning() {
  const [run, setRun] = useState<string>();
  const runs = useQuery(read('listTuningRuns')).data?.runs ?? [];
  const query = useQuery(read('getTuning', { query: run ? { run } : {} }));
  return (
    <Page
      title="Tuning"
      lede="The model's own images, weighted by the reward, teach it; pre-training pairs keep it from forgetting how to draw."
      actions={<JobButton kind="tune">Tune the model</JobButton>}
      query={query}
    >
      {({ tuning }) =>
        tuning === null ? (
          <Empty title="No tuning run yet">
            <p>
              Train a reward function first; then tune the model here. Samples of fixed prompts appear at each
              checkpoint.
            </p>
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
            <Tiles
              tiles={[
                { name: 'Run', value: tuning.name, sub: tuning.status },
                { name: 'Steps', value: formatCount(tuning.steps), sub: `in ${formatSeconds(tuning.seconds)}` },
                { name: 'Method', value: String(tuning.settings.method ?? 'reward-weighted') },
                { name: 'Learning rate', value: String(tuning.settings.learningRate ?? '–') },
                { name: 'Batch', value: String(tuning.settings.batchSize ?? '–') },
                { name: 'β', value: String(tuning.settings.beta ?? '–'), sub: 'weight of pre-training pairs' },
              ]}
            />
            {tuning.samples && <TuningSamples samples={tuning.samples} />}
            <TuningCurves {...tuning} />
          </>
        )
      }
    </Page>
  );
}
