// How tuning goes: loss, reward and judge over steps, and what the fixed prompts look like at each checkpoint.

import { JobButton } from '../../jobs/job-button.tsx';
import { Tiles } from '../../ui/card.tsx';
import { formatCount, formatSeconds } from '../../ui/format.ts';
import { Page } from '../../ui/page.tsx';
import { Empty } from '../../ui/states.tsx';
import { TuningCurves } from './tuning-curves.tsx';
import { TuningSamples } from './tuning-samples.tsx';

export function Tuning() {
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
            <p>Train a reward function first; then tune the model here. Samples of fixed prompts appear at each checkpoint.</p>
          </Empty>
        ) : (
          <>
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
            <TuningCurves curve={tuning.curve} overSteps={tuning.overSteps} />
          </>
        )
      }
    </Page>
  );
}
