// Copying objects from one store to another, and comparing what came. The source is read and nothing else.

import { CollimateError } from '../../util/errors.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import type { Progress } from '../../util/progress.ts';
import { forSeveral } from '../../util/several.ts';
import type { Objects } from './objects.ts';

export interface CopiedObjects {
  readonly objects: number;
  /** How many of them were there already, with these bytes. */
  readonly there: number;
  readonly bytes: number;
  /** Bytes of those that were not there. */
  readonly copiedBytes: number;
}

interface CopyOptions {
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** What is there with the same size is taken to be the same, as it was compared when it came there; else it is read and compared again. */
  readonly trustSizes?: boolean;
}

/** Copied at once: over a network nearly all of an object's time is waiting. Larger ones go alone, so that memory stays bounded. */
const AT_ONCE = 16;
const LARGE_BYTES = 16 << 20;

/**
 * Copies all objects under these prefixes, then reads each back and compares it. Stopped, the next copy goes on from there.
 *
 * @throws CollimateError STORAGE where one is another afterwards, INTERRUPTED
 */
export async function copyObjects(
  from: Objects,
  to: Objects,
  prefixes: readonly string[],
  { progress, signal, trustSizes = false }: CopyOptions,
): Promise<CopiedObjects> {
  const [objects, known] = [await listAll(from, prefixes), await listAll(to, prefixes)];
  let [copied, there, bytes, copiedBytes] = [0, 0, 0, 0];
  async function copy(name: string): Promise<void> {
    throwIfInterrupted(signal);
    if (trustSizes && known.get(name) === objects.get(name)) {
      there++;
      bytes += objects.get(name)!;
      return;
    }
    const content = await from.get(name);
    if (!content) return; // removed meanwhile
    bytes += content.length;
    if (known.has(name) && (await to.get(name))?.equals(content)) there++;
    else {
      await to.put(name, content);
      if (!(await to.get(name))?.equals(content)) throw differs(name, to.place);
      copiedBytes += content.length;
    }
  }
  const copyNext = (name: string) => copy(name).then(() => progress.tick(++copied));
  progress.stage('copy', objects.size);
  const isLarge = (name: string) => objects.get(name)! > LARGE_BYTES;
  const names = [...objects.keys()];
  await forSeveral(
    names.filter((name) => !isLarge(name)),
    AT_ONCE,
    copyNext,
  );
  await forSeveral(names.filter(isLarge), 1, copyNext);
  progress.done();
  return { objects: objects.size, there, bytes, copiedBytes };
}

/** Bytes by name. */
async function listAll(objects: Objects, prefixes: readonly string[]): Promise<Map<string, number>> {
  const all = new Map<string, number>();
  for (const prefix of prefixes) for await (const { name, bytes } of objects.list(prefix)) all.set(name, bytes);
  return all;
}

function differs(name: string, place: string): CollimateError {
  return new CollimateError(
    'STORAGE',
    `${name} has other bytes in ${place} than were sent there`,
    'Nothing was changed in the project. Run the same command again; where it fails again, that store damages what it is given.',
  );
}
