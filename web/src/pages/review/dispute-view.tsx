import { useEffect, useRef, useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { Card } from '../../ui/card.tsx';
import { TextField } from '../../ui/field.tsx';
import { formatNumber, formatSeconds } from '../../ui/format.ts';
import { Thumb } from '../../ui/thumb.tsx';

type Dispute = Output<'listDisputes'>['disputes'][number];
type Answer = Dispute['answers'][number]['answer'];

const REASONS: { readonly [R in Dispute['reasons'][number]]: string } = {
  flag: 'flagged',
  gold: 'the known answer is in doubt',
  disagreement: 'raters disagree',
  reward: 'the reward function says the contrary',
};

const CHOICES: readonly (readonly [key: string, answer: Answer, name: string])[] = [
  ['1', 'good', 'Good'],
  ['2', 'bad', 'Bad'],
  ['3', 'skip', 'Leave it out'],
];

interface DisputeProps {
  readonly dispute: Dispute;
  /** Whether what is decided becomes gold. */
  readonly makesGold: boolean;
  readonly onMakesGold: (makesGold: boolean) => void;
  readonly onDecide: (answer: Answer, note: string) => void;
  readonly onPass: () => void;
}

export function DisputeView({ dispute, makesGold, onMakesGold, onDecide, onPass }: DisputeProps) {
  const [note, setNote] = useState('');
  const toggle = () => onMakesGold(!makesGold);
  const latest = useRef({ note, onDecide, onPass, toggle });
  latest.current = { note, onDecide, onPass, toggle };
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isTyping = event.target instanceof HTMLInputElement && event.target.type !== 'checkbox';
      const isElsewhere = isTyping || event.target instanceof HTMLSelectElement;
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || isElsewhere) return;
      const choice = CHOICES.find(([key]) => key === event.key);
      if (choice) latest.current.onDecide(choice[1], latest.current.note);
      else if (event.key === 'ArrowRight') latest.current.onPass();
      else if (event.key === 'g') latest.current.toggle();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  const { prompt, hash, reasons, answers, flags, gold, score } = dispute;
  return (
    <div className="dispute">
      <figure>
        <Thumb hash={hash} alt={prompt} />
      </figure>
      <Card title={prompt} note={reasons.map((reason) => REASONS[reason]).join('; ')}>
        <ul className="said">
          {answers.map(({ rater, excluded, answer, milliseconds, words, note: why }) => (
            <li key={rater}>
              <b className={`verdict ${answer}`}>{answer}</b> {rater}
              {excluded && ' (excluded)'}{' '}
              {milliseconds > 0 && <span className="soft small">{formatSeconds(milliseconds / 1000)}</span>}
              {words.length > 0 && `: not shown: ${words.join(', ')}`}
              {why && <q>{why}</q>}
            </li>
          ))}
          {flags.map(({ rater, kind, note: why }) => (
            <li key={`${rater} ${kind}`}>
              <b>{kind}</b> flagged by {rater} {why && <q>{why}</q>}
            </li>
          ))}
          {gold && (
            <li>
              <b className={`verdict ${gold.answer}`}>{gold.answer}</b> known {gold.note && <q>{gold.note}</q>}
              <span className="soft small"> Another decision changes it.</span>
            </li>
          )}
          {score !== null && (
            <li>
              <b>{formatNumber(score)}</b> reward <span className="soft small">1 is good, 0 is bad</span>
            </li>
          )}
          {answers.length + flags.length === 0 && <li className="soft">Nobody has answered.</li>}
        </ul>
        <TextField label="Note" maxLength={1000} value={note} onChange={(event) => setNote(event.target.value)} />
        <div className="check">
          <input id="make-gold" type="checkbox" checked={makesGold} onChange={toggle} aria-keyshortcuts="G" />
          <label htmlFor="make-gold">
            Make it gold as well <span className="keycap">G</span>
            <span className="soft small block">
              Mixed in among the work, with this answer and your note, to tell how well each rater does.
            </span>
          </label>
        </div>
        <div className="row decide">
          {CHOICES.map(([key, answer, name]) => (
            <button
              key={key}
              type="button"
              className="button"
              aria-keyshortcuts={key}
              onClick={() => onDecide(answer, note)}
            >
              {name} <span className="keycap">{key}</span>
            </button>
          ))}
          <button type="button" className="button quiet" aria-keyshortcuts="ArrowRight" onClick={onPass}>
            Later <span className="keycap">→</span>
          </button>
        </div>
      </Card>
    </div>
  );
}
