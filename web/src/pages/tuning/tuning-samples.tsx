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
  const name = nameOf(step);
  // The base stays beside the checkpoint, where it was drawn.
  const columns = samples.steps[0] === 0 && at > 0 ? [0, at] : [at];
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
      <div className="compared">
        {samples.rows.map(({ prompt, seed, hashes }) => (
          <figure key={`${prompt} ${seed}`}>
            <figcaption dir="auto">{prompt}</figcaption>
            <div className="side-by-side">
              {columns.map((column) => (
                <Sample key={column} prompt={prompt} name={nameOf(samples.steps[column]!)} hash={hashes[column]} />
              ))}
            </div>
          </figure>
        ))}
      </div>
    </Card>
  );
}

const nameOf = (step: number) => (step === 0 ? 'the base model' : `step ${step}`);

interface SampleProps {
  readonly prompt: string;
  readonly name: string;
  readonly hash: string | null | undefined;
}

function Sample({ prompt, name, hash }: SampleProps) {
  return (
    <div>
      {hash ? <Thumb hash={hash} alt={`${prompt}, ${name}`} /> : <div className="thumb" />}
      <span className="soft small">{name}</span>
    </div>
  );
}
