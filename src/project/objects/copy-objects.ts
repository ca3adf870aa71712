// Copying objects from one store to another, and comparing what came. The source is read and nothing else.

import { createHash } from 'node:crypto';
import { CollimateError } from '../../util/errors.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import type { Progress } from '../../util/progress.ts';
import type { Objects } from './objects.ts';

export interface CopiedObjects {
  readonly objects: number;
  /** How many of them were there already, with these bytes. */
  readonly there: number;
  readonly bytes: number;
}

/**
 * Copies all objects under these prefixes, then reads each back and compares it. Stopped, the next copy goes on from there.
 *
 * @throws CollimateError STORAGE where one is another afterwards, INTERRUPTED
 */
export async function copyObjects(
  from: Objects,
  to: Objects,
  prefixes: readonly string[],
  { progress, signal }: { readonly progress: Progress; readonly signal: AbortSignal },
): Promise<CopiedObjects> {
  const names: string[] = [];
  for (const prefix of prefixes) for await (const { name } of from.list(prefix)) names.push(name);
  let [there, bytes] = [0, 0];
  progress.stage('copy', names.length);
  for (const [i, name] of names.entries()) {
    throwIfInterrupted(signal);
    const content = await from.get(name);
    if (!content) continue; // removed meanwhile
    if (isSame(await to.get(name), content)) there++;
    else {
      await to.put(name, content);
      if (!isSame(await to.get(name), content)) throw differs(name, to.place);
    }
    bytes += content.length;
    progress.tick(i + 1);
  }
  progress.done();
  return { objects: names.length, there, bytes };
}

const digest = (content: Buffer) => createHash('sha256').update(content).digest('hex');

function isSame(one: Buffer | undefined, other: Buffer): boolean {
  return one !== undefined && one.length === other.length && digest(one) === digest(other);
}

function differs(name: string, place: string): CollimateError {
  return new CollimateError(
    'STORAGE',
    `move-objects: ${name} has other bytes in ${place} than were sent there`,
    'Nothing was changed in the project. Run the same command again; where it fails again, that store damages what it is given.',
  );
}
