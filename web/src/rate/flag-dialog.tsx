// Reports an item that should not be rated as it is: broken, or unsafe, with a note for the owner.

import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';

export type FlagReason = 'broken' | 'unsafe' | 'other';

const REASONS: readonly (readonly [FlagReason, string, string])[] = [
  ['broken', 'Broken', 'The picture or the prompt is damaged or does not load.'],
  ['unsafe', 'Unsafe', 'Nobody should have to look at this picture.'],
  ['other', 'Something else', 'Say what in the note.'],
];

interface FlagDialogProps {
  readonly onFlag: (reason: FlagReason, note: string) => void;
  readonly onClose: () => void;
}

export function FlagDialog({ onFlag, onClose }: FlagDialogProps) {
  const [reason, setReason] = useState<FlagReason>('broken');
  const [note, setNote] = useState('');
  return (
    <Dialog title="Flag this item" onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          onFlag(reason, note.trim());
        }}
      >
        <p className="soft small">A flagged item leaves your queue, and the owner of the project sees your note.</p>
        <fieldset className="reasons">
          <legend className="label">What is wrong?</legend>
          {REASONS.map(([value, name, hint]) => (
            <label key={value} className="check">
              <input
                type="radio"
                name="reason"
                value={value}
                checked={reason === value}
                onChange={() => setReason(value)}
              />
              <span>
                {name}
                <span className="soft small" style={{ display: 'block' }}>
                  {hint}
                </span>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label="Note" hint="Optional.">
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
