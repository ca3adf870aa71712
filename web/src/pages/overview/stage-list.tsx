import type { Output } from '../../../../src/studio/contract/client.ts';
import { Card } from '../../ui/card.tsx';
import { formatCount } from '../../ui/format.ts';

type Stage = Output<'getOverview'>['stages'][number];

const NAMES: Readonly<Record<Stage['name'], string>> = {
  prompts: 'Prompts',
  generate: 'Images',
  rate: 'Answers',
  reward: 'Reward function',
  tune: 'Tuned model',
  evaluate: 'Evaluation',
};

const CLASSES: Readonly<Record<Stage['status'], string>> = {
  empty: '',
  started: 'now',
  running: 'now',
  done: 'done',
  stale: 'now',
};

const WORDS: Readonly<Record<Stage['status'], string>> = {
  empty: 'not begun',
  started: 'begun',
  running: 'running',
  done: 'done',
  stale: 'older than what it was made from',
};

/** The stages of the method and how far each is. */
export function StageList({ stages }: { readonly stages: readonly Stage[] }) {
  return (
    <Card title="Stages">
      <ol className="steps">
        {stages.map(({ name, status, done, total, detail }) => (
          <li key={name} className={CLASSES[status]}>
            <span className="state" />
            <span>
              <b>{NAMES[name]}</b> <span className="soft small">{WORDS[status]}</span>
              {detail && <span className="soft small block">{detail}</span>}
            </span>
            <span>
              {(name === 'prompts' || total !== null) && formatCount(done)}
              {total !== null && <span className="soft"> / {formatCount(total)}</span>}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}
