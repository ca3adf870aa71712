// The one client of the page, and what went wrong in words for people.

import { ApiError, createClient, type Input, type Output } from '../../../src/studio/contract/client.ts';
import type { OperationName } from '../../../src/studio/contract/routes.ts';
import { BASE } from './base.ts';

export const call = createClient({ base: BASE });

/** What is said where no answer comes: words for raters, who do not run the studio. */
export const NO_ANSWER = {
  message: 'The studio does not answer.',
  hint: 'Check the network, then try again. If it stays away, whoever runs the studio has to start it again.',
};

/** The message and what to do next, of whatever was thrown. */
export function describeFailure(error: unknown): { message: string; hint: string } {
  if (error instanceof ApiError) {
    if (error.status === 0) return NO_ANSWER;
    return { message: toSentence(error.message), hint: error.hint };
  }
  return {
    message: `The page met a defect: ${error instanceof Error ? error.message : String(error)}.`,
    hint: 'Load the page again. If it comes back, report it with this message.',
  };
}

/** `the lease ran out` → `The lease ran out.` */
function toSentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
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
