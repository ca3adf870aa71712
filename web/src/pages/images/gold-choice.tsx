// The known answer of an image: who makes one gold says why, and raters' answers to it then tell how well they do.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call, describeFailure } from '../../api/client.ts';
import { SelectField, TextField } from '../../ui/field.tsx';
import { toast } from '../../ui/toasts.tsx';

type Gold = Output<'getImage'>['gold'];
type Answer = NonNullable<Gold>['answer'];

type Use = NonNullable<Gold>['use'];

const USES: readonly (readonly [Use, string])[] = [
  ['mixed', 'Among the work'],
  ['example', 'An example with the guidelines'],
  ['test', 'In the test before the work'],
];

const ANSWERS: readonly Answer[] = ['good', 'bad', 'skip'];

export function GoldChoice({ imageId, gold }: { readonly imageId: string; readonly gold: Gold }) {
  const client = useQueryClient();
  const [note, setNote] = useState(gold?.note ?? '');
  const [use, setUse] = useState<Use>(gold?.use ?? 'mixed');
  const set = useMutation({
    mutationFn: (answer: Answer | null) => call('setGold', { params: { id: imageId }, body: { answer, note, use } }),
    onSuccess: () => void client.invalidateQueries(),
    onError: (failure) => toast(describeFailure(failure).message),
  });
  return (
    <>
      <p className="soft small">
        {gold
          ? 'Its answer is known. To change use or reason, choose them and press the answer again.'
          : 'Say what is right, why, and what it is for: raters are compared with it among the others, see it as an example with the guidelines, or are asked it in the test before the work.'}
      </p>
      <SelectField label="What for" value={use} options={USES} onChange={setUse} />
      <TextField
        label="Why"
        maxLength={1000}
        value={note}
        onChange={(event) => setNote(event.target.value)}
        onKeyDown={(event) => event.stopPropagation()}
      />
      <div className="row">
        {ANSWERS.map((answer) => (
          <button
            key={answer}
            type="button"
            className="button little"
            aria-pressed={gold?.answer === answer}
            disabled={set.isPending}
            onClick={() => set.mutate(answer)}
          >
            {answer}
          </button>
        ))}
        {gold && (
          <button
            type="button"
            className="button little quiet"
            disabled={set.isPending}
            onClick={() => set.mutate(null)}
          >
            No gold
          </button>
        )}
      </div>
    </>
  );
}
