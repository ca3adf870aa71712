// The browser's own modal dialog: it traps the focus, closes on Escape and gives the focus back.

import { type ReactNode, useEffect, useId, useRef } from 'react';

interface DialogProps {
  readonly title: ReactNode;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly shape?: 'wide' | 'side';
}

export function Dialog({ title, onClose, children, shape }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const dialog = ref.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself; this is the click beside it
    <dialog
      ref={ref}
      className={`panel ${shape ?? ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => event.target === ref.current && onClose()}
    >
      <div className="head">
        <h1 id={id}>{title}</h1>
        <button type="button" className="button quiet little" onClick={onClose}>
          Close
        </button>
      </div>
      <div className="body">{children}</div>
    </dialog>
  );
}
