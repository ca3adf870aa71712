// The words of a grammar by slot, its templates, and what is held out.

import { Field, TextField } from '../../ui/field.tsx';
import type { GrammarDraft } from './grammar-text.ts';

interface GrammarWordsProps {
  readonly draft: GrammarDraft;
  readonly disabled: boolean;
  readonly onChange: (draft: GrammarDraft) => void;
}

const LISTS = [
  ['subjects', 'Subjects', 'One a line; an irregular plural after a colon: shelf: shelves'],
  ['counts', 'Counts', 'Words for one, two, …, one a line'],
  ['colors', 'Colors', 'One a line'],
  ['backgrounds', 'Places', 'One a line, as prompts say it: city: in a city'],
] as const;

export function GrammarWords({ draft, disabled, onChange }: GrammarWordsProps) {
  const set = (part: Partial<GrammarDraft>) => onChange({ ...draft, ...part });
  const setSlot = (at: number, part: Partial<GrammarDraft['slots'][number]>) =>
    set({ slots: draft.slots.map((slot, i) => (i === at ? { ...slot, ...part } : slot)) });
  return (
    <>
      <div className="filters hinted">
        {LISTS.map(([key, label, hint]) => (
          <WordList
            key={key}
            {...{ label, hint, disabled }}
            value={draft[key]}
            onChange={(value) => set({ [key]: value })}
          />
        ))}
      </div>
      {draft.slots.map(({ name, words }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a slot has no other identity while its name is typed
        <div className="filters hinted" key={at}>
          <TextField
            label="Further slot"
            hint="such as material"
            disabled={disabled}
            value={name}
            onChange={(event) => setSlot(at, { name: event.target.value })}
          />
          <WordList
            label={`Words of ${name || 'this slot'}`}
            hint="One a line"
            disabled={disabled}
            value={words}
            onChange={(value) => setSlot(at, { words: value })}
          />
          {!disabled && (
            <button
              type="button"
              className="button"
              onClick={() => set({ slots: draft.slots.filter((_, i) => i !== at) })}
            >
              Remove {name || 'slot'}
            </button>
          )}
        </div>
      ))}
      {!disabled && (
        <div className="row">
          <button
            type="button"
            className="button"
            onClick={() => set({ slots: [...draft.slots, { name: '', words: '' }] })}
          >
            Add a slot
          </button>
        </div>
      )}
      <WordList
        label="Templates"
        hint="One category a line, such as color: {a} {color} {subject}; {a} is a count that is one"
        disabled={disabled}
        value={draft.templates}
        onChange={(value) => set({ templates: value })}
      />
      <div className="filters hinted">
        <TextField
          label="Held-out subjects"
          hint="by name, or how many"
          disabled={disabled}
          value={draft.heldOutSubjects}
          onChange={(event) => set({ heldOutSubjects: event.target.value })}
        />
        <TextField
          label="Held-out pairings"
          hint="slots of which a subject never has one value"
          disabled={disabled}
          value={draft.pairings}
          onChange={(event) => set({ pairings: event.target.value })}
        />
        <TextField
          label="Held-out singles"
          hint="the same, where nothing else varies"
          disabled={disabled}
          value={draft.singles}
          onChange={(event) => set({ singles: event.target.value })}
        />
        <TextField
          label="Held-out share"
          hint="of all other prompts, 0 to 1"
          disabled={disabled}
          value={draft.share}
          onChange={(event) => set({ share: event.target.value })}
        />
      </div>
    </>
  );
}

interface WordListProps {
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly disabled: boolean;
  readonly onChange: (value: string) => void;
}

function WordList({ label, hint, value, disabled, onChange }: WordListProps) {
  return (
    <Field label={label} hint={hint}>
      {(attributes) => (
        <textarea
          {...attributes}
          dir="auto"
          rows={6}
          disabled={disabled}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
