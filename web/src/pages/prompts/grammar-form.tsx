import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call, read } from '../../api/client.ts';
import { Card } from '../../ui/card.tsx';
import { TextField } from '../../ui/field.tsx';
import { plural } from '../../ui/format.ts';
import { FormFailure } from '../../ui/states.tsx';
import { toast } from '../../ui/toasts.tsx';
import { GrammarPreview } from './grammar-preview.tsx';

type Grammar = Output<'getPromptSettings'>;
type Amounts = Grammar['settings'];

const CATEGORIES = ['count', 'color', 'background', 'combination'] as const;

interface GrammarFormProps {
  readonly grammar: Grammar;
  readonly steers: boolean;
}

/** How many prompts of each category, and what that makes. */
export function GrammarForm({ grammar, steers }: GrammarFormProps) {
  const client = useQueryClient();
  const [amounts, setAmounts] = useState<Amounts>(grammar.settings);
  const preview = useQuery({
    ...read('previewPrompts', { body: amounts }),
    placeholderData: (before) => before,
  });
  const save = useMutation({
    mutationFn: () => call('putPromptSettings', { body: amounts }),
    onSuccess: ({ added, total }) => {
      toast(`${plural(added, 'prompt')} added, ${total} in all.`);
      void client.invalidateQueries();
    },
  });
  const { vocabulary, possible } = grammar;
  const bind = (key: keyof Amounts, most: number) => ({
    type: 'number',
    min: 0,
    max: most,
    value: Number(amounts[key]),
    disabled: !steers,
    onChange: (event: { target: { value: string } }) =>
      setAmounts({ ...amounts, [key]: Math.max(0, Math.min(10_000, Math.round(Number(event.target.value) || 0))) }),
  });
  return (
    <Card
      title="The grammar"
      note={`${vocabulary.counts.length} counts, ${vocabulary.colors.length} colors (${vocabulary.colors.join(', ')}), ${vocabulary.subjects.length} subjects (${vocabulary.subjects.join(', ')}) and ${vocabulary.backgrounds.length} places.`}
    >
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <div className="filters">
          {CATEGORIES.map((category) => (
            <TextField
              key={category}
              label={category}
              hint={`up to ${possible.seen[category]}`}
              {...bind(category, 10_000)}
            />
          ))}
          <TextField label="unseen, each" hint="for evaluation" {...bind('unseenPerCategory', 10_000)} />
        </div>
        {preview.data && <GrammarPreview preview={preview.data} />}
        {steers && (
          <div className="row">
            <button type="submit" className="button primary" disabled={save.isPending || preview.data === undefined}>
              Store these prompts
            </button>
            {preview.data && (
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
