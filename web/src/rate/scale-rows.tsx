// Scales of five in place of good and bad: a row of steps each. Digits answer the row that is next; any row can be answered anew
// until the last one is.

import { say, type WordKey } from '../words/words.ts';
import type { Scale, Steps } from './item.ts';

const NAMES = {
  alignment: 'scaleAlignment',
  fidelity: 'scaleFidelity',
  artefacts: 'scaleArtefacts',
} as const satisfies Record<Scale, WordKey>;

const STEPS = [1, 2, 3, 4, 5] as const;

interface ScaleRowsProps {
  readonly scales: readonly Scale[];
  readonly steps: Steps;
  readonly showsKeys: boolean;
  readonly onStep: (scale: Scale, step: number) => void;
}

export function ScaleRows({ scales, steps, showsKeys, onStep }: ScaleRowsProps) {
  const next = scales.find((scale) => steps[scale] === undefined);
  return (
    <div className="scales">
      {scales.map((scale) => (
        <fieldset key={scale} className={scale === next ? 'now' : ''}>
          <legend>{say(NAMES[scale])}</legend>
          {STEPS.map((step) => (
            <button
              key={step}
              type="button"
              className="step"
              aria-pressed={steps[scale] === step}
              aria-keyshortcuts={showsKeys && scale === next ? String(step) : undefined}
              // As with other answers: a click does not take the focus.
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => onStep(scale, step)}
            >
              {step}
            </button>
          ))}
        </fieldset>
      ))}
      <p className="soft small">{say('scaleEnds')}</p>
    </div>
  );
}
