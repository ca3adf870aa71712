// The parts of a round as work for other machines: a part is keyed by all that decides what it comes to.

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { configSchema } from '../../../project/config/config.ts';
import { getResult } from '../../../project/objects/results.ts';
import { checkForm, type Schema } from '../../../util/artefact.ts';
import { CollimateError } from '../../../util/errors.ts';
import { hashJson } from '../../../util/hash.ts';
import { publishDrawn } from '../../model-parts.ts';
import type { Session } from '../../session.ts';
import { recordedSettings, type TuneSettings } from '../mixture.ts';
import type { Prepared } from '../prepare.ts';
import type { PartCrew, PartResult, PartTask } from './part.ts';
import { type SeenData, writeTuneData } from './tune-data.ts';
import { openVectorStore, type VectorStore } from './vectors.ts';

export interface TuneWork {
  /** Where the files of the run are among the objects. */
  readonly run: string;
  /** `hashModel` of what is tuned. */
  readonly model: string;
  /** The file of what steps see. */
  readonly data: string;
  readonly settings: TuneSettings;
  readonly seed: number;
  readonly task: PartTask;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const tuneWork = z.object({
  run: z.string().regex(/^rounds-[\w.-]+$/),
  model: hash,
  data: hash,
  settings: configSchema.shape.tune,
  seed: z.int(),
  task: z.object({
    part: z.int().min(0),
    parts: z.int().min(1),
    from: z.int().min(0),
    to: z.int().min(1),
    params: hash,
    moments: hash.nullable(),
  }),
});

/** An item's data. @throws CollimateError STORAGE where it is of another form. */
export function readTuneWork(data: unknown, key: string): TuneWork {
  return checkForm(
    data,
    tuneWork as unknown as Schema<TuneWork>,
    `work ${key}`,
    'Run the stage again that asked for it.',
  );
}

/** The object that says what a part came to. */
export function resultName(run: string, key: string): string {
  return `${run}/${key}.json`;
}

/** The workers of the session's project as makers of parts; undefined where it has none that could reach its files. */
export function openPartCrew(
  session: Session,
  prepared: Pick<Prepared, 'pipeline' | 'baseHash' | 'settings' | 'seed' | 'preferences'> & SeenData,
): PartCrew | undefined {
  const { crew, project, progress } = session;
  const { objects } = project;
  if (!crew || !objects) return undefined;
  const { pipeline, baseHash: model, settings, seed } = prepared;
  let published: Promise<string> | undefined;
  let clean = async () => {};
  /** Results of the round before: a worker that was thought dead may still ask for them. */
  let former: string[] = [];

  async function publish(store: VectorStore): Promise<string> {
    await publishDrawn(objects!, { dir: pipeline.folder, hash: model });
    mkdirSync(store.dir, { recursive: true });
    const path = join(store.dir, `${randomBytes(8).toString('hex')}.tmp`);
    writeTuneData(path, prepared);
    return store.blobs.moveBlob(path);
  }
  const removeAll = async (names: readonly string[]) => {
    for (const name of names) await objects.remove(name);
  };

  return {
    isThere: () => crew.isThere('tune'),
    openStore: (dir) => openVectorStore(dir, objects),
    async make(tasks, store) {
      const run = basename(store.dir);
      published ??= publish(store);
      const data = await published;
      clean = () => store.blobs.removeBlob(data);
      const items = tasks.map((task) => {
        const work: TuneWork = { run, model, data, settings, seed, task };
        return { key: hashJson({ ...work, settings: recordedSettings(settings) }).slice(0, 32), data: work };
      });
      const names = new Map(items.map(({ key }) => [key, resultName(run, key)]));
      const results = new Map<string, PartResult>();
      const [first] = tasks as [PartTask];
      await crew.make(
        {
          topic: { kind: 'tune', files: model },
          items,
          async findMissing(keys) {
            for (const key of keys) {
              const result = await getResult(objects, names.get(key)!);
              if (result) results.set(key, result as PartResult);
            }
            const missing = keys.filter((key) => !results.has(key));
            if (missing.length > 0 && !(await store.blobs.hasBlob(first.params))) throw goneError(objects.place, first);
            return missing;
          },
          onProgress: (done, workers) =>
            progress.tick(first.from + Math.floor(((first.to - first.from) * done) / tasks.length), { workers }),
        },
        session,
      );
      await removeAll(former);
      former = [...names.values()];
      return items.map(({ key }) => results.get(key)!);
    },
    async forget() {
      await removeAll(former);
      await clean();
    },
  };
}

function goneError(place: string, { params, from }: PartTask): CollimateError {
  return new CollimateError(
    'STORAGE',
    `${place}: the parameters ${params.slice(0, 12)} that the round after step ${from} begins with are gone`,
    'Run the same command again: it goes on from its last checkpoint and puts them there.',
  );
}
