// Cells of an experiment as work for other machines. A cell depends on its settings alone, so a worker makes a project of its
// own for the seed, and nothing travels but settings, models and figures.

import { z } from 'zod';
import { hashWeightsAside } from '../../engine/weights/hash.ts';
import { publishClip, publishDrawn } from '../../method/model-parts.ts';
import type { ProjectlessSession } from '../../method/session.ts';
import type { ConfigPatch } from '../../project/config/config.ts';
import type { Objects } from '../../project/objects/objects.ts';
import { getResult } from '../../project/objects/results.ts';
import type { Crew } from '../../project/work/crew.ts';
import { checkForm, type Schema } from '../../util/artefact.ts';
import { CollimateError } from '../../util/errors.ts';
import { findExperiment } from './catalogue.ts';
import { type Cell, cellKey, runTuningCell, tuningData } from './cells.ts';
import { type CellRow, cellRows, type ExperimentSettings, type TuningContext } from './types.ts';

export interface CellWork {
  readonly experiment: string;
  readonly variant: string;
  readonly seed: number;
  readonly settings: ExperimentSettings;
  /** `hashModel` of the base model, and the hash of CLIP's files, by which a worker finds them. */
  readonly model: string;
  readonly clip: string;
}

/** Workers of a shared project, who make cells. */
export interface CellCrew {
  readonly crew: Crew;
  readonly objects: Objects;
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().min(0);
const cellWork = z.object({
  experiment: z.string(),
  variant: z.string(),
  seed: count,
  settings: z.object({
    config: z.record(z.string(), z.unknown()),
    budgets: z.array(count),
    round: z.object({ labels: count, count }),
    unlabelled: count,
    bestOf: count,
  }),
  model: hash,
  clip: hash,
});

const REMEDY = 'Run the experiment again that asked for it.';

/** An item's data. @throws CollimateError STORAGE where it is of another form. */
export function readCellWork(data: unknown, key: string): CellWork {
  return checkForm(data, cellWork as unknown as Schema<CellWork>, `work ${key}`, REMEDY);
}

/** The object that has a cell's rows until they are fetched. */
export const cellName = (key: string) => `cells/${key}.json`;

export interface CellOrder {
  readonly experiment: string;
  readonly settings: ExperimentSettings;
  readonly model: { readonly dir: string; readonly hash: string };
  readonly clipDir: string;
  /** By their keys. */
  readonly cells: ReadonlyMap<string, Cell<TuningContext>>;
  /** Is handed the rows of each as they come. */
  keep(key: string, rows: readonly CellRow[]): void;
}

/** Has workers make cells; returns when all are kept. */
export async function makeCellsByWorkers(
  session: ProjectlessSession,
  { crew, objects }: CellCrew,
  { experiment, settings, model, clipDir, cells, keep }: CellOrder,
): Promise<void> {
  const { progress } = session;
  const clip = await hashWeightsAside(clipDir);
  await publishDrawn(objects, model);
  await publishClip(objects, clipDir, clip);
  const items = [...cells].map(([key, { variant, seed }]) => {
    const data: CellWork = { experiment, variant: variant.name, seed, settings, model: model.hash, clip };
    return { key, data };
  });
  progress.stage(`${experiment}: cells`, items.length);
  await crew.make(
    {
      topic: { kind: 'cell', files: model.hash },
      items,
      async findMissing(keys) {
        const missing: string[] = [];
        for (const key of keys) {
          const rows = await getResult(objects, cellName(key));
          if (rows === undefined) missing.push(key);
          else keep(key, checkForm(rows, cellRows, cellName(key), REMEDY));
        }
        return missing;
      },
      onProgress: (done, workers) => progress.tick(done, { workers }),
    },
    session,
  );
  progress.done();
  // Whoever asks again has them in files.
  for (const key of cells.keys()) await objects.remove(cellName(key));
}

/** What a worker makes of an item, with the models that it fetched. */
export async function runCellWork(
  session: ProjectlessSession,
  key: string,
  asked: CellWork,
  { work, ...own }: { work: string } & Pick<ConfigPatch, 'model' | 'clip' | 'device'>,
): Promise<readonly CellRow[]> {
  const { settings, seed } = asked;
  const experiment = findExperiment(asked.experiment);
  const variant = experiment.tunes
    ? experiment.variants(settings).find(({ name }) => name === asked.variant)
    : undefined;
  if (!variant || cellKey(asked.experiment, { variant, seed }, tuningData(asked.model, settings)) !== key)
    throw new CollimateError(
      'MISMATCH',
      `worker: the cell ${asked.variant} of ${asked.experiment} is not what this release calls so`,
      'Use one release for workers and for the experiment.',
    );
  const here = { ...settings, config: { ...settings.config, ...own } };
  return runTuningCell(session, { variant, seed }, { work, settings: here });
}
