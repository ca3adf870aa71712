// The method again: the tuned model becomes the model of the next round and draws anew. Pictures and answers of all rounds
// stay, so that the reward function goes on learning from them.

import { existsSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { changeConfigFile } from '../../project/config/config-write.ts';
import { adoptModel, putModel } from '../../project/images/models.ts';
import type { Project } from '../../project/project.ts';
import { countAnswers } from '../../project/rating/ratings.ts';
import { CollimateError } from '../../util/errors.ts';
import { type GenerateSummary, generateImages } from '../feedback/generate.ts';
import { findModels } from '../models.ts';
import type { Session } from '../session.ts';

export interface RoundSummary {
  /** 2 for the first round after the start. */
  readonly round: number;
  /** Whether the round had begun before, so that this only draws what was missing. */
  readonly begun: boolean;
  /** The model that draws now, as `model` of the configuration names it. */
  readonly model: string;
  /** What drew before. */
  readonly before: string;
  /** Answers of earlier rounds that go on teaching the reward function. */
  readonly keptAnswers: number;
  readonly drawn: GenerateSummary;
}

const ROUND = /^round-(\d+)$/;

/**
 * Makes a tuned model the model of the project: its folder becomes `models/round-<n>`, so that the next `tune` does not
 * write over it, and `model` in `collimate.yaml` names it; `tune.images` becomes `all` where it was not set. Then it draws the project's prompts. Stopped in between, the
 * same call goes on.
 *
 * @param from the tuned model's name in `models/`
 * @throws CollimateError MISSING_STAGE where nothing has been tuned in this round, INTERRUPTED
 */
export async function startRound(session: Session, from = 'tuned'): Promise<RoundSummary> {
  const { project } = session;
  const before = project.config.model;
  const begun = !existsSync(tunedFolder(project, from));
  const { round, model } = begun ? findCurrent(project, from) : await promote(project, from);
  const next: Session = { ...session, project: { ...project, config: { ...project.config, model } } };
  const { good, bad } = await countAnswers(project.db, 'feedback');
  return { round, begun, model, before, keptAnswers: good + bad, drawn: await generateImages(next) };
}

function tunedFolder({ dir }: Project, name: string): string {
  return join(dir, 'models', name);
}

/** Numbers of the rounds that have a model. */
function listRounds({ dir }: Project): number[] {
  const models = join(dir, 'models');
  if (!existsSync(models)) return [];
  return readdirSync(models).flatMap((name) => {
    const number = ROUND.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

async function promote(project: Project, from: string): Promise<{ round: number; model: string }> {
  const [base, tuned] = await findModels(project, [from]);
  const round = Math.max(1, ...listRounds(project)) + 1;
  const model = `models/round-${round}`;
  renameSync(tunedFolder(project, from), join(project.dir, model));
  await putModel(project.db, { hash: tuned!.hash, kind: 'checkpoint', path: model });
  await adoptModel(project.db, tuned!.hash, base!.hash);
  changeConfigFile(project.dir, { model, ...learnFromAll(project) });
  return { round, model };
}

/** Pictures of earlier rounds go on teaching the model too, unless the project says otherwise. */
function learnFromAll({ sources }: Project): Record<string, string> {
  return sources['tune.images'] === 'default' ? { 'tune.images': 'all' } : {};
}

/** The round that was begun and not drawn to its end. */
function findCurrent(project: Project, from: string): { round: number; model: string } {
  const round = Math.max(1, ...listRounds(project));
  const model = `models/round-${round}`;
  if (round > 1) {
    if (project.config.model !== model) changeConfigFile(project.dir, { model, ...learnFromAll(project) });
    return { round, model };
  }
  throw new CollimateError(
    'MISSING_STAGE',
    `round: expected a tuned model in models/${from}, and there is none`,
    'Run `collimate tune` first, or name another model of models/ with --from.',
  );
}
