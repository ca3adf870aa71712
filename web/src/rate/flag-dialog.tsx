// Reports an image that should not be rated as it is: broken, or unsafe, with a note for the owner.

import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Field } from '../ui/field.tsx';
import { say } from '../words/words.ts';
import type { NewFlag } from './port.ts';

type FlagKind = NewFlag['kind'];

const KINDS: readonly FlagKind[] = ['broken', 'unsafe'];

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
    <Dialog title={say('flagTitle')} onClose={onClose}>
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
        <p className="soft small">{say(isPair ? 'flagPair' : 'flagImage')}</p>
        {isPair && (
          <fieldset className="reasons">
            <legend className="label">{say('whichPicture')}</legend>
            {(['left', 'right'] as const).map((value) => (
              <label key={value} className="check">
                <input type="radio" name="side" checked={side === value} onChange={() => setSide(value)} />
                {say(value === 'left' ? 'theLeft' : 'theRight')}
              </label>
            ))}
          </fieldset>
        )}
        <fieldset className="reasons">
          <legend className="label">{say('whatIsWrong')}</legend>
          {KINDS.map((value) => (
            <label key={value} className="check">
              <input type="radio" name="kind" value={value} checked={kind === value} onChange={() => setKind(value)} />
              <span>
                {say(value)}
                <span className="soft small block">{say(`${value}Hint`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Field label={say('note')} hint={say('flagNoteHint')}>
          {(attributes) => (
            <textarea {...attributes} maxLength={1000} value={note} onChange={(event) => setNote(event.target.value)} />
          )}
        </Field>
        <div className="row">
          <button type="submit" className="button primary">
            {say('flagAndGoOn')}
          </button>
          <button type="button" className="button" onClick={onClose}>
            {say('cancel')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
