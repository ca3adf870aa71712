// Reports an image that should not be rated as it is: broken, or unsafe, with a note for the owner.

import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import type { NewFlag } from './port.ts';

type FlagKind = NewFlag['kind'];

const KINDS: readonly (readonly [FlagKind, string, string])[] = [
  ['broken', 'Broken', 'The picture or the prompt is damaged or does not load.'],
  ['unsafe', 'Unsafe', 'Nobody should have to look at this picture.'],
];

interface FlagDialogProps {
  readonly isPair: boolean;
  readonly onFlag: (flag: NewFlag) => void;
  readonly onClose: () => void;
}

export function FlagDialog({ isPair, onFlag, onClose }: FlagDialogProps) {
  const [kind, setKind] = useState<FlagKind>('broken');
  const [side, setSide] = useState<NewFlag['side']>('left');
  const [note, setNote] = useState('');
  const send = () => onFlag({ kind, side, note: note.trim() });
  return (
    <Dialog title="Flag this image" onClose={onClose}>
      <form
        className="form"
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) send();
        }}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <p className="soft small">
          {isPair ? 'The pair is skipped' : 'A flagged image leaves your queue'}, and the owner of the project sees your
          note.
        </p>
        {isPair && (
          <fieldset className="reasons">
            <legend className="label">Which picture?</legend>
            {(['left', 'right'] as const).map((value) => (
              <label key={value} className="check">
                <input type="radio" name="side" checked={side === value} onChange={() => setSide(value)} />
                {value === 'left' ? 'The left one' : 'The right one'}
              </label>
            ))}
          </fieldset>
        )}
        <fieldset className="reasons">
          <legend className="label">What is wrong?</legend>
          {KINDS.map(([value, name, hint]) => (
            <label key={value} className="check">
              <input type="radio" name="kind" value={value} checked={kind === value} onChange={() => setKind(value)} />
              <span>
                {name}
                <span className="soft small block">{hint}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label="Note" hint="Optional. Ctrl and Enter send it.">
          {(attributes) => (
            <textarea {...attributes} maxLength={1000} value={note} onChange={(event) => setNote(event.target.value)} />
          )}
        </Field>
        <div className="row">
          <button type="submit" className="button primary">
            Flag and go on
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
