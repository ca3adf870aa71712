// `evaluate` for any project: a judge answers for the prompts that its world knows, and what it cannot answer for is measured.

import { findModels } from '../../method/models.ts';
import type { Session } from '../../method/session.ts';
import { latentSizes } from '../../models/inference/latents.ts';
import { drawSettings } from '../../models/inference/painter.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import { listPrompts, type Prompt } from '../../project/images/prompts.ts';
import { countOpenings } from '../../project/learning/test-openings.ts';
import { CollimateError } from '../../util/errors.ts';
import { fitsWorld } from '../../world/world.ts';
import { type EvaluateResult, evaluate } from '../evaluation/evaluate.ts';
import { findSplits } from '../evaluation/plan.ts';
import { type MeasureResult, measureModels } from './measure.ts';

export interface EvaluateModelsOptions {
  /** What to compare with the base; see `findModels`. Default `tuned`. */
  readonly models?: readonly string[];
  /** Folder of pictures that those of models without a judge are compared with. */
  readonly reference?: string;
  /** The judge's folder, by default the one that ships with the package. */
  readonly judge?: string;
  /** Which prompts; see `choosePrompts`. */
  readonly splits?: readonly PromptSplit[] | undefined;
}

export interface ModelsEvaluated {
  /** What the judge says; null where no judge knows any of the pictures. */
  readonly judged: EvaluateResult | null;
  /** Measures of all prompts, where the judge does not know all of them. */
  readonly measured: MeasureResult | null;
  readonly prompts: number;
  /** Prompts for which no judge can answer. */
  readonly unknown: number;
  /** Why no judge answers for these, in words; null where it answers for all. */
  readonly reason: string | null;
  /** How often figures of unseen prompts were made, by stage, these among them. */
  readonly openings: readonly { readonly stage: string; readonly count: number }[];
}

/**
 * Compares models by the judge of the project's world as far as that knows prompts and pictures, and by measures (reward,
 * held-out reward, CLIP score, diversity, distance to a reference) where it does not.
 *
 * @throws CollimateError MISSING_STAGE, USAGE, INTERRUPTED
 */
export async function evaluateModels(session: Session, options: EvaluateModelsOptions = {}): Promise<ModelsEvaluated> {
  const { models = ['tuned'], reference, judge, splits } = options;
  const all = await listPrompts(session.project.db);
  const prompts = findSplits(all, splits);
  if (prompts.length === 0) throw noPrompts(all, splits);
  if (splits === undefined) noteClosed(session, all, prompts);
  const { unknown, reason } = await findUnknown(session, models, prompts);
  if (unknown > 0) session.progress.note(`No judge answers for ${unknown} of ${prompts.length} prompts: ${reason}.`);
  const judged =
    unknown === prompts.length && unknown > 0
      ? null
      : await evaluate(session, { models, splits, ...(judge !== undefined && { judgeDir: judge }) });
  const measured =
    unknown === 0
      ? null
      : await measureModels(session, {
          models,
          splits,
          ...(reference !== undefined && { reference }),
          ...(judge !== undefined && { judge }),
        });
  const openings = await countOpenings(session.project.db);
  return { judged, measured, prompts: prompts.length, unknown, reason, openings };
}

function noPrompts(all: readonly Prompt[], splits: readonly string[] | undefined): CollimateError {
  if (all.length === 0)
    return new CollimateError(
      'MISSING_STAGE',
      'evaluate: the project has no prompts yet',
      'Run `collimate prompts import FILE` or `collimate generate` first.',
    );
  return new CollimateError(
    'USAGE',
    `evaluate: none of the ${all.length} prompts is of the split ${splits?.join(' or ') ?? 'that is asked for'}`,
    'Import some with --development-share or --unseen-share, or name another --split; `collimate status` counts them.',
  );
}

/** Where development prompts stand in for them, the unseen ones are left alone, which is said. */
function noteClosed({ progress }: Session, all: readonly Prompt[], chosen: readonly Prompt[]): void {
  const unseen = all.filter(({ split }) => split === 'unseen').length;
  if (unseen > 0 && !chosen.some(({ split }) => split === 'unseen'))
    progress.note(`Development prompts are looked at; ${unseen} unseen ones stay closed until \`--split unseen\`.`);
}

async function findUnknown(
  { project, world }: Session,
  names: readonly string[],
  prompts: Awaited<ReturnType<typeof listPrompts>>,
): Promise<Pick<ModelsEvaluated, 'unknown' | 'reason'>> {
  const all = prompts.length;
  if (!world) return { unknown: all, reason: 'the project has no world (world: none)' };
  const [model] = await findModels(project, names);
  const { pipeline } = model!;
  const picture = { ...latentSizes(pipeline).picture, ...drawSettings(project.config.generate, pipeline) };
  const { width, height } = world.size;
  if (!fitsWorld(world, picture))
    return {
      unknown: all,
      reason: `the model draws ${picture.width}×${picture.height} pixels, and the ${world.name} world has ${width}×${height}`,
    };
  const unknown = prompts.filter((prompt) => world.read(prompt) === undefined).length;
  return { unknown, reason: unknown > 0 ? `the ${world.name} world has no such things` : null };
}
