// The browser's own modal dialog: it traps the focus, closes on Escape and gives the focus back.

import { type KeyboardEvent, type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { say } from '../words/words.ts';

interface DialogProps {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly shape?: 'wide' | 'side' | 'full';
  /** Buttons beside the title. */
  readonly tools?: ReactNode;
  readonly onKeyDown?: (event: KeyboardEvent) => void;
  /** What is to have the focus once it is closed, where that is not what had it before. */
  readonly returnTo?: () => HTMLElement | null;
}

export function Dialog({ title, onClose, children, shape, tools, onKeyDown, returnTo }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const close = useRef<HTMLButtonElement>(null);
  const hasTools = tools !== undefined;
  const home = useRef(returnTo);
  home.current = returnTo;
  const id = useId();
  // A layout effect ends while the dialog is still on the page: only then does the browser give the focus back.
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    if (hasTools) close.current?.focus();
    return () => {
      dialog?.close();
      const target = home.current?.() ?? before;
      if (target instanceof HTMLElement && target.isConnected) target.focus({ preventScroll: true });
    };
  }, [hasTools]);
  return (
    <dialog
      ref={ref}
      className={`panel ${shape ?? ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === ref.current && onClose()}
      onKeyDown={onKeyDown}
    >
      <div className="head">
        <h1 id={id} dir="auto">
          {title}
        </h1>
        {tools && <div className="row tools">{tools}</div>}
        <button ref={close} type="button" className="button quiet little" onClick={onClose}>
          {say('close')}
        </button>
      </div>
      <div className="body">{children}</div>
    </dialog>
  );
}
