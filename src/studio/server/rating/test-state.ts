// Whether a caller has to pass the test before anything is handed out.

import type { Caller } from '../caller.ts';
import type { Studio } from '../studio.ts';

/** Those who lead make the test, and programs do not read guidelines: people who rate take it. */
export async function readTestState(studio: Studio, { id, role, kind }: Caller) {
  return role === 'rater' && kind === 'person' ? (await studio.desk.qualification(id)).state : 'none';
}
