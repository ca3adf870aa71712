import { useState } from 'react';
import type { SampleGrid } from '../../api/stages.ts';
import { Card } from '../../ui/card.tsx';
import { Thumb } from '../../ui/thumb.tsx';
import './tuning.css';

/** The fixed prompts at the checkpoint that the slider names, from the same noise. */
export function TuningSamples({ samples }: { readonly samples: SampleGrid }) {
  const last = samples.steps.length - 1;
  // Undefined follows the latest checkpoint, which moves while tuning is at work.
  const [chosen, setChosen] = useState<number>();
  const at = Math.min(chosen ?? last, last);
  const step = samples.steps[at]!;
  const name = step === 0 ? 'the base model' : `step ${step}`;
  return (
    <Card title="Fixed prompts over steps" note="The same noise at every checkpoint: what changes is the model alone.">
      <div className="step-slider">
        <label htmlFor="sample-step">Checkpoint</label>
        <input
          id="sample-step"
          type="range"
          min={0}
          max={last}
          value={at}
          aria-valuetext={name}
          onChange={({ target }) => setChosen(Number(target.value) === last ? undefined : Number(target.value))}
        />
        <output htmlFor="sample-step">{name}</output>
      </div>
      <div className="thumbs large">
        {samples.rows.map(({ prompt, seed, hashes }) => {
          const hash = hashes[at];
          return (
            <figure key={`${prompt} ${seed}`}>
              {hash ? <Thumb hash={hash} alt={`${prompt}, ${name}`} /> : <div className="thumb" />}
              <figcaption>{prompt}</figcaption>
            </figure>
          );
        })}
      </div>
    </Card>
  );
}
