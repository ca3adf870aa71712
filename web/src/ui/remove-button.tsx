// Removes something for good: it is asked once more, and again where other things rest on it.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../../src/studio/contract/client.ts';
import { describeFailure } from '../api/client.ts';
import { Question } from './question.tsx';
import { toast } from './toasts.tsx';

interface RemoveButtonProps {
  /** Such as `the image`. */
  readonly what: string;
  /** Where several stand on a page: which. */
  readonly name?: string;
  readonly remove: (force: boolean) => Promise<unknown>;
  readonly onDone?: () => void;
}

/** The server refuses so what answers, scores or pairs rest on. */
const isUsed = (error: unknown) => error instanceof ApiError && error.code === 'USAGE';

export function RemoveButton({ what, name, remove, onDone }: RemoveButtonProps) {
  const client = useQueryClient();
  const [asked, setAsked] = useState(false);
  const removal = useMutation({
    mutationFn: remove,
    onSuccess: () => {
      setAsked(false);
      onDone?.();
      void client.invalidateQueries();
    },
    onError: (error) => {
      if (isUsed(error)) return;
      setAsked(false);
      const { message, hint } = describeFailure(error);
      toast(`${message} ${hint}`);
    },
  });
  const used = isUsed(removal.error);
  return (
    <Question
      button={
        <>
          Remove
          <span className="hidden-text"> {name ?? what}</span>
        </>
      }
      look="little quiet"
      question={
        used
          ? `${describeFailure(removal.error).message.replace(/^Remove: /, '')} Lineage, reports and verdicts will lack them.`
          : `Remove ${what} for good?`
      }
      yes={used ? 'Remove all of it' : 'Remove it'}
      no="Keep it"
      isPending={removal.isPending}
      asked={asked}
      onAsk={(again) => {
        removal.reset();
        setAsked(again);
      }}
      onYes={() => removal.mutate(used)}
    />
  );
}
