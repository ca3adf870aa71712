// The known answer of an image: who makes one gold says why, and raters' answers to it then tell how well they do.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Output } from '../../../../src/studio/contract/client.ts';
import { call, describeFailure } from '../../api/client.ts';
import { TextField } from '../../ui/field.tsx';
import { toast } from '../../ui/toasts.tsx';

type Gold = Output<'getImage'>['gold'];
type Answer = NonNullable<Gold>['answer'];

const ANSWERS: readonly Answer[] = ['good', 'bad', 'skip'];

export function GoldChoice({ imageId, gold }: { readonly imageId: string; readonly gold: Gold }) {
  const client = useQueryClient();
  const [note, setNote] = useState(gold?.note ?? '');
  const set = useMutation({
    mutationFn: (answer: Answer | null) => call('setGold', { params: { id: imageId }, body: { answer, note } }),
    onSuccess: () => void client.invalidateQueries(),
    onError: (failure) => toast(describeFailure(failure).message),
  });
  return (
    <>
      <p className="soft small">
        {gold
          ? 'Raters are shown it among the others, as often as goldRate says, and are compared with this answer.'
          : 'Say what is right, and raters are shown it among the others and compared with that.'}
      </p>
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
