// Reports an image that should not be rated as it is: broken, or unsafe, with a note for the owner.

import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';

type FlagKind = 'broken' | 'unsafe';

const KINDS: readonly (readonly [FlagKind, string, string])[] = [
  ['broken', 'Broken', 'The picture or the prompt is damaged or does not load.'],
  ['unsafe', 'Unsafe', 'Nobody should have to look at this picture.'],
];

interface FlagDialogProps {
  readonly onFlag: (kind: FlagKind, note: string) => void;
  readonly onClose: () => void;
}

export function FlagDialog({ onFlag, onClose }: FlagDialogProps) {
  const [kind, setKind] = useState<FlagKind>('broken');
  const [note, setNote] = useState('');
  return (
    <Dialog title="Flag this image" onClose={onClose}>
      <form
        className="form"
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) onFlag(kind, note.trim());
        }}
        onSubmit={(event) => {
          event.preventDefault();
          onFlag(kind, note.trim());
        }}
      >
        <p className="soft small">A flagged image leaves your queue, and the owner of the project sees your note.</p>
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
