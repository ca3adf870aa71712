// How long ago an answer was given, said as it is sent: clocks of browsers differ from the server's, the time between two
// moments of one clock does not.

import type { Envelope } from './outbox-store.ts';

/** The server takes no more. */
const MOST = 31 * 86_400_000;

/** What is sent of a message: with the age of its answers, where it knows when they were given. */
export function inputWithAge({ operation, input, at }: Envelope, now: number): unknown {
  if (at === undefined) return input;
  const age = Math.min(MOST, Math.max(0, Math.round(now - at)));
  const { body, ...rest } = input as { body: Record<string, unknown> };
  if (operation === 'answerPair' || operation === 'chooseBest') return { ...rest, body: { ...body, age } };
  if (operation !== 'submitAnswers') return input;
  const answers = (body.answers as object[]).map((answer) => ({ ...answer, age }));
  return { ...rest, body: { ...body, answers } };
}
