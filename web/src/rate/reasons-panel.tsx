// What is wrong, beside a bad answer: the words of the prompt as buttons with keys, and a note. Both may be left out. While it
// is open, digits choose words; every other key goes on meaning what it means.

import { useEffect, useRef, useState } from 'react';
import { say } from '../words/words.ts';
import type { GivenReasons } from './item.ts';

/** The keys of the first ten words. */
const DIGITS = '1234567890';

interface ReasonsPanelProps {
  readonly words: readonly string[];
  readonly isPair: boolean;
  /** What Enter answers, in words; none where a picture is to be chosen still. */
  readonly pending: string | undefined;
  readonly onChange: (reasons: GivenReasons) => void;
  readonly onSend: () => void;
  readonly onClose: () => void;
}

export function ReasonsPanel({ words, isPair, pending, onChange, onSend, onClose }: ReasonsPanelProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [note, setNote] = useState('');
  const toggle = (word: string) => {
    const next = chosen.includes(word) ? chosen.filter((other) => other !== word) : [...chosen, word];
    // As they stand in the prompt, whatever the order in which they were chosen.
    const inOrder = words.filter((each) => next.includes(each));
    setChosen(inOrder);
    onChange({ words: inOrder, note });
  };
  const latest = useRef({ toggle, onSend, onClose });
  latest.current = { toggle, onSend, onClose };
  useEffect(() => {
    // Before the page's own keys, among which digits are answers.
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      const isTyping = event.target instanceof HTMLInputElement;
      const place = isTyping ? -1 : DIGITS.indexOf(event.key);
      const { toggle: choose, onSend: send, onClose: close } = latest.current;
      if (event.key === 'Escape') close();
      else if (event.key === 'Enter' && (isTyping || !(event.target instanceof HTMLButtonElement))) send();
      else if (event.key.length === 1 && place >= 0) words[place] !== undefined && choose(words[place]);
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKeyDown, { capture: true });
    return () => document.removeEventListener('keydown', onKeyDown, { capture: true });
  }, [words]);
  return (
    <fieldset className="why-panel">
      <legend>{say(isPair ? 'whyPair' : 'whyPicture')}</legend>
      <div className="words" dir="auto">
        {words.map((word, i) => (
          <button
            key={word}
            type="button"
            className="word"
            aria-pressed={chosen.includes(word)}
            aria-keyshortcuts={DIGITS[i]}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => toggle(word)}
          >
            {word}
            {DIGITS[i] && (
              <span className="keycap" aria-hidden="true">
                {DIGITS[i]}
              </span>
            )}
          </button>
        ))}
      </div>
      <input
        aria-label={say('note')}
        placeholder={say('noteHint')}
        maxLength={1000}
        value={note}
        onChange={(event) => {
          setNote(event.target.value);
          onChange({ words: chosen, note: event.target.value });
        }}
      />
      <p className="soft small">
        {pending ? (
          <button type="button" className="button little primary" onClick={onSend}>
            {pending} <span className="keycap">↵</span>
          </button>
        ) : (
          say('thenChoose')
        )}{' '}
        <button type="button" className="button little quiet" onClick={onClose}>
          {say('leaveOut')} <span className="keycap">Esc</span>
        </button>
      </p>
    </fieldset>
  );
}
