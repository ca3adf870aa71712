import { useState } from 'react';
import type { EvaluationData } from '../../api/stages.ts';
import { Card } from '../../ui/card.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Thumb } from '../../ui/thumb.tsx';
import './evaluation.css';
import { nameOf, SPLITS } from './tones.ts';

const AT_ONCE = 12;

/** The same prompt and noise by every model, side by side. */
export function BeforeAfter({ evaluation }: { readonly evaluation: EvaluationData }) {
  const splits = SPLITS.filter((name) => evaluation.items.some((item) => item.split === name));
  const [split, setSplit] = useState<(typeof SPLITS)[number]>(splits[0] ?? 'seen');
  const [category, setCategory] = useState('');
  const [shown, setShown] = useState(AT_ONCE);
  const { items, contestants } = evaluation;
  const matching = items.filter((item) => item.split === split && (category === '' || item.category === category));
  const categories = [...new Set(items.map((item) => item.category))];
  return (
    <Card title="Before and after" note="The first image of each prompt; models share its noise.">
      <div className="filters">
        <SelectField
          label="Prompts"
          value={split}
          options={splits.map((name) => [name, name] as const)}
          onChange={setSplit}
        />
        <SelectField
          label="Category"
          value={category}
          options={[['', 'all'], ...categories.map((name) => [name, name] as const)]}
          onChange={setCategory}
        />
      </div>
      <div className="before-after">
        {matching.slice(0, shown).map(({ prompt, images }) => (
          <section key={prompt}>
            <h3 dir="auto">{prompt}</h3>
            <div className="contestants">
              {contestants.map((contestant) => {
                const image = images[contestant.name]?.[0];
                return image ? (
                  <figure key={contestant.name}>
                    <Thumb hash={image.hash} alt={`${prompt}, by ${nameOf(contestant)}`} />
                    <figcaption>
                      {nameOf(contestant)} <b className={`verdict ${image.answer}`}>{image.answer}</b>
                    </figcaption>
                  </figure>
                ) : null;
              })}
            </div>
          </section>
        ))}
      </div>
      {matching.length === 0 && <p className="soft">No prompt of this kind was evaluated.</p>}
      {matching.length > shown && (
        <div className="row">
          <button type="button" className="button" onClick={() => setShown(shown + AT_ONCE)}>
            Show more
          </button>
        </div>
      )}
    </Card>
  );
}
