// The one client of the page, and what went wrong in words for people.

import { ApiError, createClient, type Input, type Output } from '../../../src/studio/contract/client.ts';
import type { OperationName } from '../../../src/studio/contract/routes.ts';
import { say, sayRefusal } from '../words/words.ts';
import { BASE } from './base.ts';

export const call = createClient({ base: BASE });

/** What is said where no answer comes: words for raters, who do not run the studio. */
export const describeSilence = () => ({ message: say('noAnswer'), hint: say('noAnswerHint') });

/** The message and what to do next, of whatever was thrown. */
export function describeFailure(error: unknown): { message: string; hint: string } {
  if (error instanceof ApiError) {
    if (error.status === 0) return describeSilence();
    return { message: toSentence(sayRefusal(error.message)), hint: sayRefusal(error.hint) };
  }
  return {
    message: say('defect', { message: error instanceof Error ? error.message : String(error) }),
    hint: say('defectHint'),
  };
}

/** `the lease ran out` → `The lease ran out.` */
function toSentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…。！？]$/.test(first) ? first : `${first}.`;
}

/** A query of an operation for TanStack Query, named by the operation and what it takes. */
export function read<Name extends OperationName>(
  name: Name,
  ...input: unknown extends Input<Name> ? [] : [input: Input<Name>]
) {
  return {
    queryKey: [name, ...input] as const,
    queryFn: ({ signal }: { signal: AbortSignal }): Promise<Output<Name>> =>
      // The tuple is what `call` takes; the compiler cannot follow it through the condition.
      (call as (name: Name, input: unknown, options: { signal: AbortSignal }) => Promise<Output<Name>>)(
        name,
        input[0],
        { signal },
      ),
  };
}
