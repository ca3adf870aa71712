// A deed that cannot be taken back: a button, and in its place the question whether it is meant. The focus goes along, to what
// keeps everything as it is, and back to the button; Escape keeps it, too.

import { type KeyboardEvent, type ReactNode, useLayoutEffect, useRef } from 'react';

interface QuestionProps {
  /** What the first button says, and how it looks beside `button`. */
  readonly button: ReactNode;
  readonly look: string;
  readonly question: string;
  readonly yes: string;
  readonly no: string;
  readonly isPending: boolean;
  readonly asked: boolean;
  readonly onAsk: (asked: boolean) => void;
  readonly onYes: () => void;
}

export function Question({ button, look, question, yes, no, isPending, asked, onAsk, onYes }: QuestionProps) {
  const first = useRef<HTMLButtonElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  const before = useRef(asked);
  useLayoutEffect(() => {
    if (before.current === asked) return;
    before.current = asked;
    if (asked) keep.current?.focus();
    // Whoever did the deed may have put the focus where it is told.
    else if (document.activeElement === document.body) first.current?.focus();
  }, [asked]);
  const leave = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    // A dialog around it stays open.
    event.preventDefault();
    event.stopPropagation();
    onAsk(false);
  };
  const size = look.includes('little') ? 'little' : '';
  if (!asked)
    return (
      <button ref={first} type="button" className={`button ${look}`} disabled={isPending} onClick={() => onAsk(true)}>
        {button}
      </button>
    );
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is for the buttons in it
    <span className="row" onKeyDown={leave}>
      <span className="small" role="alert">
        {question}
      </span>
      <button type="button" className={`button danger ${size}`} disabled={isPending} onClick={onYes}>
        {yes}
      </button>
      <button ref={keep} type="button" className={`button ${size}`} onClick={() => onAsk(false)}>
        {no}
      </button>
    </span>
  );
}
