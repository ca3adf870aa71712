// The answers and the other actions, each a button that shows its keys, and a line that says what was answered last.

import type { ReactNode } from 'react';
import { say } from '../words/words.ts';
import { AnswerButton } from './answer-button.tsx';
import type { Answer, Choice, RateItem } from './item.ts';
import { type Action, type KeySettings, type Mode, resolveBindings } from './keymap.ts';
import type { QueueState } from './queue.ts';

const MAIN: Readonly<Record<Mode, readonly Action[]>> = {
  image: ['good', 'bad', 'skip'],
  pair: ['left', 'tie', 'neither', 'right'],
  scale: [],
  best: [],
};

const MINOR: Readonly<Record<Mode, readonly Action[]>> = {
  image: ['undo', 'why', 'zoom', 'flag', 'history', 'guidelines', 'help'],
  pair: ['undo', 'skip', 'why', 'zoom', 'flag', 'guidelines', 'help'],
  scale: ['undo', 'skip', 'why', 'zoom', 'flag', 'history', 'guidelines', 'help'],
  best: ['undo', 'skip', 'guidelines', 'help'],
};

interface AnswersProps {
  readonly mode: Mode;
  readonly settings: KeySettings;
  readonly queue: QueueState<RateItem, Answer>;
  readonly onAction: (action: Action) => void;
  /** Whether part of an answer can be taken back. */
  readonly isBegun?: boolean;
  /** Whether it will be asked why, once the answer is there. */
  readonly willAskWhy?: boolean;
  /** What stands over the main answers, or in place of them where a mode has none. */
  readonly children?: ReactNode;
}

export function Answers({
  mode,
  settings,
  queue,
  onAction,
  isBegun = false,
  willAskWhy = false,
  children,
}: AnswersProps) {
  const bindings = resolveBindings(settings, mode);
  const last = queue.behind.at(-1);
  const button = (action: Action) => (
    <AnswerButton
      key={action}
      action={action}
      keys={
        settings.enabled ? (bindings[action] ?? []) : (bindings[action] ?? []).filter((key) => key.startsWith('ctrl+'))
      }
      disabled={action === 'undo' && !last && !isBegun}
      {...(action === 'why' && willAskWhy && { pressed: true })}
      onPress={() => onAction(action)}
    >
      {say(action)}
    </AnswerButton>
  );
  return (
    <div className="answers">
      {children}
      {MAIN[mode].length > 0 && <div className={`main-row ${mode}`}>{MAIN[mode].map(button)}</div>}
      <div className="minor-row">{MINOR[mode].map(button)}</div>
      <p className="last" aria-live="polite">
        {last ? say('lastAnswer', { answer: nameAnswer(last.answer) }) : '\u00a0'}
      </p>
    </div>
  );
}

/** An answer within a sentence. */
export function nameAnswer(answer: Answer): string {
  const number = answer.startsWith('pick') && answer.slice('pick'.length);
  return number ? say('pictureNumber', { number }) : say(answer as Exclude<Answer, Choice>).toLowerCase();
}
