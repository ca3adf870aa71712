import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { Input, Output } from '../../../../src/studio/contract/client.ts';
import { call, read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { plural } from '../../ui/format.ts';
import { FormFailure } from '../../ui/states.tsx';
import { toast } from '../../ui/toasts.tsx';
import { GrammarPreview } from './grammar-preview.tsx';
import { fromDraft, toDraft, type WrittenGrammar } from './grammar-text.ts';
import { GrammarWords } from './grammar-words.tsx';

type Grammar = Output<'getPromptSettings'>;
type Settings = Input<'putPromptSettings'>['body'];
type Amount = Exclude<keyof Settings, 'grammar'>;

const OWN_AMOUNTS: readonly Amount[] = ['count', 'color', 'background', 'combination'];
const OWN = 'own';
/** What words are called that have a name; others are called by it. */
const NAMES: Readonly<Record<string, string>> = {
  embedded: 'the embedded world’s',
  'embedded-2': 'the larger embedded world’s',
  paper: 'of the paper’s size',
};
/** The same words as `embedded`, offered where the project has them by this name. */
const OLD_NAME = 'embedded-1';

interface GrammarFormProps {
  readonly grammar: Grammar;
  readonly steers: boolean;
}

/** The words of the prompts, how many of each category, and what that makes. */
export function GrammarForm({ grammar, steers }: GrammarFormProps) {
  const client = useQueryClient();
  const { grammar: stored, ...numbers } = grammar.settings;
  const [amounts, setAmounts] = useState<Omit<Settings, 'grammar'>>(numbers);
  const [source, setSource] = useState(typeof stored === 'string' ? stored : OWN);
  const [draft, setDraft] = useState(() => toDraft(grammar.written as unknown as WrittenGrammar));
  const settings: Settings = { ...amounts, grammar: source === OWN ? { ...fromDraft(draft) } : source };
  const preview = useQuery({
    ...read('previewPrompts', { body: useDeferredValue(settings) }),
    placeholderData: (before) => before,
    retry: false,
  });
  const save = useMutation({
    mutationFn: () => call('putPromptSettings', { body: settings }),
    onSuccess: ({ added, total }) => {
      toast(`${plural(added, 'prompt')} added, ${total} in all.`);
      void client.invalidateQueries();
    },
  });
  const possible = preview.data?.possible ?? grammar.possible;
  const categories = Object.keys(possible.seen);
  const bind = (key: Amount) => ({
    type: 'number',
    min: 0,
    max: 10_000,
    value: amounts[key],
    disabled: !steers,
    onChange: (event: { target: { value: string } }) =>
      setAmounts({ ...amounts, [key]: Math.max(0, Math.min(10_000, Math.round(Number(event.target.value) || 0))) }),
  });
  const sources = [
    ...grammar.names.filter((name) => name !== OLD_NAME || name === stored).map((name) => [name, NAMES[name] ?? name]),
    [OWN, 'my own'],
  ] as [string, string][];
  const others = categories.filter((category) => !OWN_AMOUNTS.some((own) => own === category));
  return (
    <Card title="The grammar" note={describeVocabulary(grammar)}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        {steers && <SelectField label="Words" value={source} options={sources} onChange={setSource} />}
        {source === OWN && <GrammarWords draft={draft} disabled={!steers} onChange={setDraft} />}
        <div className="filters hinted">
          {OWN_AMOUNTS.filter((own) => categories.includes(own)).map((category) => (
            <TextField key={category} label={category} hint={`up to ${possible.seen[category]}`} {...bind(category)} />
          ))}
          {others.length > 0 && <TextField label="others, each" hint={others.join(', ')} {...bind('perCategory')} />}
          <TextField label="development, each" hint="to choose settings by" {...bind('developmentPerCategory')} />
          <TextField label="unseen, each" hint="for evaluation" {...bind('unseenPerCategory')} />
        </div>
        {preview.error === null && preview.data && <GrammarPreview preview={preview.data} />}
        {steers && (
          <div className="row">
            <button
              type="submit"
              className="button primary"
              disabled={save.isPending || !preview.data?.total || preview.error !== null}
            >
              Store these prompts
            </button>
            {preview.error === null && preview.data && (
              <span className="soft small">
                {plural(preview.data.fresh, 'new prompt')} of {preview.data.total}; then{' '}
                {plural(preview.data.images, 'image')} to draw.
              </span>
            )}
          </div>
        )}
        <FormFailure error={save.error ?? preview.error} />
      </form>
    </Card>
  );
}

function describeVocabulary({ vocabulary }: Grammar): string {
  const { counts, colors, subjects, backgrounds, slots } = vocabulary;
  const further = Object.entries(slots).map(([slot, words]) => `, ${words.length} of ${slot}`);
  return `${counts.length} counts, ${colors.length} colors (${colors.join(', ')}), ${subjects.length} subjects (${subjects.join(', ')}) and ${backgrounds.length} places${further.join('')}.`;
}
